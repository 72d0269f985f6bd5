"""Ports of servers that come back on the same one: none of those that the system gives to whoever connects.

While such a server is away, who looks whether it is back could be given its port, and be connected to itself.
"""

import random

OWN = range(20_000, 32_000)  # Linux gives those from 32,768 on


def own_ports(most: int) -> list[int]:
    """By chance: whoever starts next tries others."""
    return random.sample(OWN, most)
