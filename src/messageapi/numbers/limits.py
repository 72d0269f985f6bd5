"""WhatsApp's limits on a linked number: what of it is held, until when, and which state it therefore has.

A limit outlives the connection: a number that comes back before its end is limited again.
"""

from typing import Literal, NamedTuple

from messageapi.engines.port import EngineEvent, Limited, NotSent
from messageapi.numbers.number import Number
from messageapi.numbers.states import State
from messageapi.numbers.transition import move
from messageapi.store.db import Tx
from messageapi.web.doors import Doors

LimitCode = Literal["new_contacts", "everything"]

UNKNOWN_CONTACTS_MS = 24 * 3_600_000
"""WhatsApp refused a new contact and did not say until when: its own limits last for days, each try counts against."""
UNKNOWN_BAN_MS = 15 * 60_000
"""WhatsApp refused everything and did not say until when: one message shows whether it still does."""

_BY_REFUSAL: dict[str, tuple[LimitCode, int]] = {
    "new_contact_limited": ("new_contacts", UNKNOWN_CONTACTS_MS),
    "temporarily_banned": ("everything", UNKNOWN_BAN_MS),
}


class Limit(NamedTuple):
    code: LimitCode
    until: int


def tells_limit(event: EngineEvent) -> bool:
    return isinstance(event, Limited) or (isinstance(event, NotSent) and event.code in _BY_REFUSAL)


def limit_of(number: Number, now: int) -> str | None:
    """What of the number is held now."""
    return number.limit_code if (number.limited_until or 0) > now else None


def state_when_well(number: Number, now: int) -> tuple[State, str | None]:
    """State and reason of a number whose connection stands."""
    code = limit_of(number, now)
    return ("limited", code) if code else ("connected", None)


async def limited(doors: Doors, tx: Tx, number: Number, event: EngineEvent) -> Number | None:
    """WhatsApp began or ended a limit, or refused a message in a way that shows one."""
    if isinstance(event, Limited) and not event.active:
        return await over(doors, tx, number) if number.limit_code == "new_contacts" else None
    limit = _limit(number, event, doors.clock())
    return await _begin(doors, tx, number, limit) if limit else None


async def over(doors: Doors, tx: Tx, number: Number) -> Number | None:
    """What was held flows again."""
    then, reason = ("connected", None) if number.state == "limited" else (number.state, number.reason_code)
    return await move(doors, tx, number, then, reason, limit_code=None, limited_until=None)


def _limit(number: Number, event: EngineEvent, now: int) -> Limit | None:
    """The limit to set; None where nothing new is said."""
    if isinstance(event, Limited):
        said = Limit("new_contacts", event.until or event.at + UNKNOWN_CONTACTS_MS)
        return said if said.until > now and said != (limit_of(number, now), number.limited_until) else None
    if not isinstance(event, NotSent) or limit_of(number, now) in ("everything", _BY_REFUSAL[event.code][0]):
        return None  # what WhatsApp said before knows its end better
    code, lasts = _BY_REFUSAL[event.code]
    until = event.at + lasts
    return Limit(code, until) if until > now else None


async def _begin(doors: Doors, tx: Tx, number: Number, limit: Limit) -> Number | None:
    """A number without a connection keeps its state: it is limited when it comes back."""
    well = number.state in ("connected", "degraded", "limited")
    then, reason = ("limited", limit.code) if well else (number.state, number.reason_code)
    if not well and number.state not in ("connecting", "reconnecting"):
        return None
    return await move(doors, tx, number, then, reason, limit_code=limit.code, limited_until=limit.until)
