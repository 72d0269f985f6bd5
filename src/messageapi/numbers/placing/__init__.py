"""Which engine host holds which number: the plan as a pure function, and what the placer writes down under its lease.

Owns hosts and leases; placements are the room's, for linking and stopping change them too. Emits what a number's change
of state emits.
"""
