"""What the bare engine is told and what it reports; apart from it, because importing that loads the library."""

import msgspec


class Plan(msgspec.Struct):
    """`each` messages a number, in turn to its recipients."""

    network: str
    store: str
    numbers: list[str]
    recipients: list[list[str]]
    each: int
    label: str


class Report(msgspec.Struct):
    """What the sender saw. `started` is wall-clock time in milliseconds, `cpu` the seconds of all its threads."""

    sent: int
    failed: int
    seconds: float
    started: int
    latencies: list[float]
    cpu: float
