"""How events reach a worker: of many numbers at once, each in order, and the answer that lets the host forget them."""

import msgspec

from messageapi.engines.port import EngineEvent


class EventBatch(msgspec.Struct, frozen=True):
    """Events of one number in order. The host keeps them until `Taken` names the last one's sequence number."""

    host_id: str
    number_id: str
    epoch: int
    first: int  # sequence number of events[0]; grows by one an event, survives a host restart
    events: list[EngineEvent]


class Handed(msgspec.Struct, frozen=True):
    """What a host hands over at once: an EventBatch for each of several numbers, each read for itself."""

    batches: list[msgspec.Raw]


class Taken(msgspec.Struct, frozen=True):
    """For each batch the sequence number up to which the worker committed; None: nothing now, hand it over again."""

    lasts: list[int | None]
