"""The facts of events beside messages and numbers: groups, calls, presence."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType


class PersonFact(Struct, rename="camel", frozen=True, kw_only=True):
    """Somebody, by whichever of the two addresses is known."""

    phone: str | None
    lid: str | None


class GroupUpdated(Struct, rename="camel", frozen=True, kw_only=True):
    """What somebody changed in a group the number is in; what stayed as it was is left out. `own`: the number itself is
    not in it any more. `reason` is WhatsApp's word for how they joined: `invite` is by a link.
    """

    group: str
    at: str | None
    by: PersonFact
    subject: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    only_admins_send: bool | UnsetType = UNSET
    only_admins_edit: bool | UnsetType = UNSET
    disappearing_seconds: int | UnsetType = UNSET
    joined: list[PersonFact] | UnsetType = UNSET
    left: list[PersonFact] | UnsetType = UNSET
    promoted: list[PersonFact] | UnsetType = UNSET
    demoted: list[PersonFact] | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    link_renewed: bool | UnsetType = UNSET
    deleted: bool | UnsetType = UNSET
    own: bool = False


class GroupJoined(Struct, rename="camel", frozen=True, kw_only=True):
    """The number is in a group it was not in before: `by` added it, or it joined by a link (`reason` `invite`)."""

    group: str
    at: str | None
    by: PersonFact
    subject: str
    size: int
    role: str | None
    reason: str


class CallReceived(Struct, rename="camel", frozen=True, kw_only=True):
    """Somebody calls. `sender` is the address to turn the call away with; `late`: it rang while the number was away."""

    call_id: str
    at: str | None
    sender: str
    phone: str | None
    lid: str | None
    video: bool
    group: bool
    late: bool


class CallOver(Struct, rename="camel", frozen=True, kw_only=True):
    """A call does not ring any more. `reason` is WhatsApp's word; `accepted_elsewhere`: on the phone, say."""

    call_id: str
    at: str | None
    sender: str
    phone: str | None
    lid: str | None
    reason: str


class PresenceUpdated(Struct, rename="camel", frozen=True, kw_only=True):
    """Somebody who is watched came, went, or types. `chat` is where they type; `lastSeen` is told by who lets it."""

    at: str | None
    phone: str | None
    lid: str | None
    state: Literal["online", "offline", "typing", "recording", "paused"]
    chat: str | None
    last_seen: str | None
