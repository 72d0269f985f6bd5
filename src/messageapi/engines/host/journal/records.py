"""What a number's journal says: the records of its lines, and how they are written as bytes."""

import msgspec

from messageapi.engines.port import EngineEvent, Receipt, SendJob
from messageapi.vocab.content import Letter, Text


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


class _Place(msgspec.Struct, frozen=True, array_like=True, tag="e"):
    """Of a Reported, whatever is in it."""

    seq: int


class _Named(msgspec.Struct, frozen=True):
    message_id: str
    attempt: int
    chat: str


class _Job(msgspec.Struct, frozen=True, array_like=True, tag="j"):
    """Of an Accepted, whatever its message says."""

    job: _Named


_EMPTY = Letter(content=Text(""))
_NOTHING = Receipt([], "delivered", "", "", 0)

_encoder = msgspec.msgpack.Encoder()
_rests: msgspec.msgpack.Decoder[_Place | _Job] = msgspec.msgpack.Decoder(_Place | _Job)
_decoder: msgspec.msgpack.Decoder[Record] = msgspec.msgpack.Decoder(Record)


def to_bytes(record: Record) -> bytes:
    return _encoder.encode(record)


def from_bytes(data: bytes) -> Record:
    """What another version wrote and this one cannot read must not keep a number from being held: of such an event its
    place stays, for those behind it are known by theirs, and of such a job that it is one and may have been sent.
    """
    try:
        return _decoder.decode(data)
    except msgspec.DecodeError:
        return _rest(_rests.decode(data))


def _rest(found: _Place | _Job) -> Record:
    if isinstance(found, _Place):
        return Reported(found.seq, _NOTHING)
    return Accepted(SendJob(found.job.message_id, found.job.attempt, found.job.chat, _EMPTY))
