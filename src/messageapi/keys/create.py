"""Make an API key. Its text exists in the answer and nowhere else."""

from collections.abc import Iterable

import msgspec

from messageapi.audit.note import Fact, note
from messageapi.errors import Problem
from messageapi.keys import find, rows
from messageapi.keys.format import make, parse
from messageapi.keys.reach import Reach, narrower, networks_of, valid_networks, written
from messageapi.store.tx import Tx
from messageapi.vocab.caller import OF_NUMBERS, SCOPES, Caller
from messageapi.vocab.clock import iso
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors

MOST = 1_000
ALL = Reach()


class CreatedKey(msgspec.Struct, frozen=True):
    """`key` is the secret: show it once, store it never."""

    id: str
    key: str


async def create_key(  # noqa: PLR0913 - everything a key can be limited by
    doors: Doors,
    caller: Caller,
    *,
    name: str,
    scopes: Iterable[str] = SCOPES,
    in_link: bool = False,
    expires_at: int | None = None,
    reach: Reach = ALL,
) -> CreatedKey:
    """A key never gives more than the one that creates it: not a scope more, not a day longer, from nowhere else."""
    wanted: dict[str, object] = {
        "name": _valid_name(name),
        "scopes": " ".join(_valid_scopes(caller, scopes, reach)),
        "in_link": in_link,
        "expires_at": _valid_expiry(expires_at, doors.clock()),
        "numbers": written(reach.numbers),
        "networks": written(valid_networks(reach.networks) if reach.networks is not None else None),
        "test": reach.test,
        "replaces": None,
    }

    async def work(tx: Tx) -> CreatedKey:
        if unknown := await rows.unknown_numbers(tx, caller, reach.numbers or ()):
            raise Problem(
                "key_number_unknown",
                422,
                f"This account has no number {unknown[0][:40]}. GET /api/v1/numbers lists its numbers.",
            )
        made = await add(tx, doors, caller, wanted)
        facts: dict[str, Fact] = {"name": str(wanted["name"]), "scopes": str(wanted["scopes"])}
        await note(tx, caller, "key.created", made.id, facts, now=doors.clock())
        return made

    return await doors.db.writer.run(work)


async def add(tx: Tx, doors: Doors, caller: Caller, wanted: dict[str, object]) -> CreatedKey:
    """A key with a new secret. Raise Problem where it would give more than the key in use."""
    key = make()
    secret = parse(key)
    if secret is None:
        raise AssertionError("a new key does not parse")
    await _refuse_more(tx, caller, wanted)
    if await find.count_usable(tx, caller, doors.clock()) >= MOST:
        raise Problem("too_many_keys", 409, f"This account has {MOST} keys. Revoke those that are not used.")
    new: dict[str, object] = {
        "id": new_id("key"),
        "lookup": secret.lookup,
        "hash": secret.hash,
        "created_at": doors.clock(),
    }
    await rows.insert(tx, caller, {**wanted, **new})
    return CreatedKey(str(new["id"]), key)


def _valid_name(given: str) -> str:
    name = given.strip()
    if not 1 <= len(name) <= 200 or not name.isprintable():
        raise Problem("key_name_invalid", 422, "A key's name has 1 to 200 visible characters. Choose another.")
    return name


def _valid_scopes(caller: Caller, wanted: Iterable[str], reach: Reach) -> list[str]:
    chosen = set(wanted)
    if not chosen or not chosen <= set(SCOPES):
        raise Problem("scopes_invalid", 422, f"A key needs one or more of these scopes: {', '.join(SCOPES)}.")
    if reach.narrow and (wide := sorted(chosen - OF_NUMBERS)):
        raise Problem(
            "scopes_too_wide",
            422,
            f"A key for some numbers cannot have {', '.join(wide)}: this concerns the whole account. Leave it out.",
        )
    require_scopes(caller, chosen)
    return sorted(chosen)


def require_scopes(caller: Caller, wanted: Iterable[str]) -> None:
    """Raise Problem scope_exceeded unless the caller has all of them."""
    if lacking := sorted(set(wanted) - caller.scopes):
        raise Problem(
            "scope_exceeded",
            403,
            f"A key can only give scopes it has. Leave out {', '.join(lacking)}, or use another key.",
        )


def _valid_expiry(expires_at: int | None, now: int) -> int | None:
    if expires_at is not None and expires_at <= now:
        raise Problem("expiry_passed", 422, "`expiresAt` is in the past. Choose a later time, or leave it out.")
    return expires_at


async def _refuse_more(tx: Tx, caller: Caller, wanted: dict[str, object]) -> None:
    if caller.key_id is None:
        return
    own = await find.one(tx, caller, caller.key_id)
    end, wanted_end = own.expires_at, wanted["expires_at"]
    if end is not None and not (isinstance(wanted_end, int) and wanted_end <= end):
        raise Problem(
            "expiry_exceeded", 403, f"The key in use ends at {iso(end)}. Set `expiresAt` to that time or before it."
        )
    places, text = networks_of(own.networks), wanted["networks"]
    wanted_places = networks_of(text) if isinstance(text, str) else None
    if places is not None and not (wanted_places is not None and narrower(wanted_places, places)):
        raise Problem(
            "networks_exceeded", 403, "The key in use works from some networks alone. Name those, or parts of them."
        )
