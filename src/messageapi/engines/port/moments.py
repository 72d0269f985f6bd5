"""What is of the moment: who is there, who types, who calls."""

from typing import Literal

import msgspec

Seen = Literal["online", "offline", "typing", "recording", "paused"]


class SetOnline(msgspec.Struct, frozen=True, tag=True):
    """Be seen as online until told otherwise or until the connection ends; or not any more."""

    number_id: str
    epoch: int
    on: bool


class WatchPresence(msgspec.Struct, frozen=True, tag=True):
    """Report `PresenceSeen` of this person until the connection ends, or not any more."""

    number_id: str
    epoch: int
    person: str
    on: bool = True


class RejectCall(msgspec.Struct, frozen=True, tag=True):
    """Turn a call away that rings. `caller` as it was reported."""

    number_id: str
    epoch: int
    caller: str
    call_id: str


class PresenceSeen(msgspec.Struct, frozen=True, tag=True):
    """Of somebody who is watched. `chat` is where they type; `last_seen` goes with `offline` where it may be seen."""

    person: str
    phone: str
    lid: str
    state: Seen
    at: int
    chat: str = ""
    last_seen: int | None = None


class CallOffered(msgspec.Struct, frozen=True, tag=True):
    """Somebody calls. `late`: it rang while the number was away."""

    call_id: str
    caller: str
    phone: str
    lid: str
    video: bool
    group: bool
    at: int
    late: bool = False


class CallEnded(msgspec.Struct, frozen=True, tag=True):
    """It was accepted elsewhere, given up, or turned away; `reason` in WhatsApp's words, often empty."""

    call_id: str
    caller: str
    phone: str
    lid: str
    reason: str
    at: int
