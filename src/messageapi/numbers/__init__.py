"""The account's WhatsApp numbers: their states, linking and unlinking, and in `placing` which engine host holds each.

Owns numbers and placements. Emits number.linked, number.connected, number.disconnected, number.limited, number.banned
and number.logged_out.
"""
