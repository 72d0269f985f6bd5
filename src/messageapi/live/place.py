"""Where somebody is in an account's events: behind one event, or at a cursor that an answer or a heartbeat brought."""

from typing import NamedTuple

from messageapi.errors import Problem
from messageapi.live import find
from messageapi.store.outbox import HOUR_MS
from messageapi.store.vault import Sealer
from messageapi.vocab.caller import Caller
from messageapi.vocab.ids import time_of
from messageapi.web import paging
from messageapi.web.doors import Doors

LISTING = "events"
OLDEST = "oldest"
MARGIN_MS = 60_000
"""A place is old a little before the first event behind it may be deleted."""


class Place(NamedTuple):
    """`seq`: all events up to it are behind. `gone`: some after it are not kept any more."""

    seq: int
    gone: bool = False


def cursor(sealer: Sealer, seq: int, now: int) -> str:
    """What to send as `after` to go on behind `seq`. `now`: until then nothing was missed."""
    return paging.cursor(sealer, LISTING, f"{seq:019}:{now}")


async def place(doors: Doors, caller: Caller, given: str) -> Place:
    """Of what a caller sent. Raise Problem for what is no place of this account's."""
    if given == OLDEST:
        return Place(0)
    if given.startswith("evt_"):
        return await _behind(doors, caller, given)
    sealer = await doors.keyring.sealer(caller.account_id)
    seq, _, at = paging.position(sealer, LISTING, given).partition(":")
    return _judged(doors, int(seq), int(at))


async def _behind(doors: Doors, caller: Caller, event_id: str) -> Place:
    found = await doors.db.read(lambda tx: find.place_of(tx, caller, event_id))
    if found is not None:
        return _judged(doors, *found)
    at = time_of(event_id)
    if at is None or not _old(doors, at):
        raise Problem(
            "cursor_invalid", 400, "The account has no event with this id. Leave `after` out to begin with now."
        )
    return Place(0, gone=True)


def _judged(doors: Doors, seq: int, at: int) -> Place:
    return Place(0, gone=True) if _old(doors, at) else Place(seq)


def _old(doors: Doors, at: int) -> bool:
    return at + doors.settings.body_hours * HOUR_MS - MARGIN_MS <= doors.clock()


def gone() -> Problem:
    return Problem(
        "events_gone",
        410,
        "Events behind this place are not kept any more. Send `after=oldest` for those that are, and fetch what you "
        "missed by GET /api/v1/messages.",
    )
