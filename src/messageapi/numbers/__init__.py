"""The account's WhatsApp numbers: their states, in `linking` their linked devices, in `placing` which engine host holds
each, in `asking` what is asked of it.

Owns numbers and placements. Emits number.linked, number.connected, number.disconnected, number.limited, number.banned
and number.logged_out.
"""
