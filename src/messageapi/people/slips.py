"""Slips: one-time tokens for one purpose, such as the link in a mail. Used up in the transaction that acts on them."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from messageapi.errors import Problem
from messageapi.people import rows
from messageapi.people.token import hash_of, new_token
from messageapi.store.tx import Tx

Kind = Literal["verify", "reset", "email_old", "email_new", "second", "passkey", "start"]
MINUTE = 60_000
LIVES: dict[Kind, int] = {
    "verify": 24 * 60 * MINUTE,
    "reset": 60 * MINUTE,
    "email_old": 24 * 60 * MINUTE,
    "email_new": 24 * 60 * MINUTE,
    "second": 10 * MINUTE,
    "passkey": 10 * MINUTE,
    "start": 7 * 24 * 60 * MINUTE,
}
MOST_TRIES = 5


class Slip(msgspec.Struct, frozen=True):
    """`facts`: what else its purpose needs, nothing secret."""

    hash: bytes
    person_id: str | None
    facts: dict[str, str]


async def write(
    tx: Tx, kind: Kind, now: int, *, person_id: str | None = None, facts: Mapping[str, str] | None = None
) -> str:
    """The token. Older slips of the same kind for the person are void, but for steps of several logins at once.
    Without a person it is for the console, or for nobody: as much is done then, and the token goes nowhere.
    """
    token = new_token()
    if kind not in ("second", "passkey"):
        await rows.void_slips(tx, person_id, kind)
    values: dict[str, object] = {
        "hash": hash_of(token),
        "kind": kind,
        "person_id": person_id,
        "facts": msgspec.json.encode(dict(facts or {})).decode(),
        "tries": 0,
        "created_at": now,
        "expires_at": now + LIVES[kind],
    }
    await rows.insert_slip(tx, values)
    return token


async def read(tx: Tx, kind: Kind, token: str, now: int, *, tried: bool = False) -> Slip:
    """Raise Problem link_invalid or login_expired: unknown, used, too old, tried too often or for another purpose.
    `tried`: this try is counted already.
    """
    row = await rows.slip(tx, hash_of(token))
    if row is None or row.kind != kind or row.expires_at <= now or row.tries >= MOST_TRIES + tried:
        raise _void(kind)
    return Slip(row.hash, row.person_id, msgspec.json.decode(row.facts))


async def use(tx: Tx, kind: Kind, token: str, now: int) -> Slip:
    """Read it and destroy it."""
    slip = await read(tx, kind, token, now)
    await spend(tx, kind, slip)
    return slip


async def spend(tx: Tx, kind: Kind, slip: Slip) -> None:
    """Of two processes that come with the same token one is first."""
    if not await rows.delete_slip(tx, slip.hash):
        raise _void(kind)


def _void(kind: Kind) -> Problem:
    if kind in ("second", "passkey"):
        return Problem("login_expired", 401, "This took too long, or too many tries. Begin again.")
    return Problem("link_invalid", 404, "This link was used or has expired. Ask for a new one.")
