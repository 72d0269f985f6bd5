"""What every number of one host shares."""

from collections.abc import Callable
from dataclasses import dataclass, field

from messageapi.bus.port import Bus
from messageapi.engines.contract import Engine
from messageapi.engines.host.handover import Handover
from messageapi.engines.host.journal.syncing import Syncing
from messageapi.engines.host.turns import Turns


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`may_send`: the host has the right to hold numbers. `give_up`: this process is to be replaced."""

    host_id: str
    bus: Bus
    engine: Engine
    handover: Handover
    may_send: Callable[[], bool]
    give_up: Callable[[], None]
    turns: Turns = field(default_factory=Turns)
    syncing: Syncing = field(default_factory=Syncing)
