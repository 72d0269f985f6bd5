"""A number gets its linked device and loses it: QR or code, the pairing host that waits for the phone, logging out.

Emits what a number's change of state emits.
"""
