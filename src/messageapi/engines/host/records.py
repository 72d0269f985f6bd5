"""What a number's journal says: the records of its lines, and how they are written as bytes."""

import msgspec

from messageapi.engines.port import EngineEvent, SendJob


class Began(msgspec.Struct, frozen=True, array_like=True, tag="b"):
    """First record of every file. Numbers of events never start again; `boot` names this run of the machine."""

    next_seq: int
    boot: str


class Accepted(msgspec.Struct, frozen=True, array_like=True, tag="j"):
    job: SendJob


class Started(msgspec.Struct, frozen=True, array_like=True, tag="s"):
    """The job goes to the engine now. `names_first`: a Named record comes before the message can leave."""

    message_id: str
    attempt: int
    names_first: bool


class NamedAs(msgspec.Struct, frozen=True, array_like=True, tag="n"):
    message_id: str
    attempt: int
    wa_id: str


class Reported(msgspec.Struct, frozen=True, array_like=True, tag="e"):
    seq: int
    event: EngineEvent


class Took(msgspec.Struct, frozen=True, array_like=True, tag="t"):
    """A worker has committed every event up to this one."""

    last: int


Record = Began | Accepted | Started | NamedAs | Reported | Took

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Record] = msgspec.msgpack.Decoder(Record)


def to_bytes(record: Record) -> bytes:
    return _encoder.encode(record)


def from_bytes(data: bytes) -> Record:
    return _decoder.decode(data)
