"""The account's WhatsApp numbers: their states, linking and unlinking, and which engine host holds each of them.

Owns numbers, placements, hosts and leases. Emits number.linked, number.connected, number.disconnected, number.limited,
number.banned and number.logged_out.
"""
