"""From where they have logged in, as hashes: a login from elsewhere is told by mail, even when no session is open."""

import hashlib

from messageapi.people import rows
from messageapi.people.person import SeenFrom
from messageapi.store.tx import Tx

DAY = 86_400_000
REMEMBERED = 180 * DAY
"""After so long a place counts as new again."""
ALWAYS = 100 * 365 * DAY


async def is_new(tx: Tx, person_id: str, seen_from: SeenFrom, now: int) -> bool:
    """They were somewhere, and never here."""
    been_here = await rows.was_tried(tx, _here(person_id, seen_from), now)
    return not been_here and await rows.was_tried(tx, _anywhere(person_id), now)


async def remember(tx: Tx, person_id: str, seen_from: SeenFrom, now: int) -> None:
    await rows.count_try(tx, _anywhere(person_id), now, now + ALWAYS)
    await rows.count_try(tx, _here(person_id, seen_from), now, now + REMEMBERED)


def _here(person_id: str, seen_from: SeenFrom) -> bytes:
    return _name("place", person_id, seen_from.address, seen_from.agent)


def _anywhere(person_id: str) -> bytes:
    return _name("places", person_id)


def _name(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).digest()
