"""Make an API key. Its text exists in the answer and nowhere else."""

from collections.abc import Iterable

import msgspec

from messageapi.errors import Problem
from messageapi.keys import find, rows
from messageapi.keys.format import make, parse
from messageapi.store.tx import Tx
from messageapi.vocab.caller import SCOPES, Caller
from messageapi.vocab.clock import iso
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors

MOST = 1_000


class CreatedKey(msgspec.Struct, frozen=True):
    """`key` is the secret: show it once, store it never."""

    id: str
    key: str


async def create_key(
    doors: Doors,
    caller: Caller,
    *,
    name: str,
    scopes: Iterable[str] = SCOPES,
    in_link: bool = False,
    expires_at: int | None = None,
) -> CreatedKey:
    """A key never gives more than the one that creates it: not a scope more, not a day longer."""
    key = make()
    secret = parse(key)
    if secret is None:
        raise AssertionError("a new key does not parse")
    values: dict[str, object] = {
        "id": new_id("key"),
        "lookup": secret.lookup,
        "hash": secret.hash,
        "name": _valid_name(name),
        "scopes": " ".join(_valid_scopes(caller, scopes)),
        "in_link": in_link,
        "created_at": doors.clock(),
        "expires_at": _valid_expiry(expires_at, doors.clock()),
    }

    async def work(tx: Tx) -> None:
        await _refuse_longer_life(tx, caller, expires_at)
        if await find.count_usable(tx, caller) >= MOST:
            raise Problem("too_many_keys", 409, f"This account has {MOST} keys. Revoke those that are not used.")
        await rows.insert(tx, caller, values)

    await doors.db.writer.run(work)
    return CreatedKey(str(values["id"]), key)


def _valid_name(given: str) -> str:
    name = given.strip()
    if not 1 <= len(name) <= 200 or not name.isprintable():
        raise Problem("key_name_invalid", 422, "A key's name has 1 to 200 visible characters. Choose another.")
    return name


def _valid_scopes(caller: Caller, wanted: Iterable[str]) -> list[str]:
    chosen = set(wanted)
    if not chosen or not chosen <= set(SCOPES):
        raise Problem("scopes_invalid", 422, f"A key needs one or more of these scopes: {', '.join(SCOPES)}.")
    if lacking := sorted(chosen - caller.scopes):
        raise Problem(
            "scope_exceeded",
            403,
            f"A key can only give scopes it has. Leave out {', '.join(lacking)}, or use another key.",
        )
    return sorted(chosen)


def _valid_expiry(expires_at: int | None, now: int) -> int | None:
    if expires_at is not None and expires_at <= now:
        raise Problem("expiry_passed", 422, "`expiresAt` is in the past. Choose a later time, or leave it out.")
    return expires_at


async def _refuse_longer_life(tx: Tx, caller: Caller, expires_at: int | None) -> None:
    if caller.key_id is None:
        return
    end = (await find.one(tx, caller, caller.key_id)).expires_at
    if end is not None and (expires_at is None or expires_at > end):
        raise Problem(
            "expiry_exceeded", 403, f"The key in use ends at {iso(end)}. Set `expiresAt` to that time or before it."
        )
