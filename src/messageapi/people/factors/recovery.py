"""Recovery codes: each stands in for a lost second factor once. Shown when they are made, and stored as hashes."""

import secrets

from messageapi.errors import Problem
from messageapi.people.factors import rows
from messageapi.people.fresh import require_fresh
from messageapi.people.logins.session import SignedIn
from messageapi.people.token import hash_of
from messageapi.people.trail import trail
from messageapi.store.tx import Tx
from messageapi.vocab.ids import ALPHABET
from messageapi.web.doors import Doors

HOW_MANY = 10
LENGTH = 16  # 80 bits


async def renew_codes(doors: Doors, who: SignedIn) -> tuple[str, ...]:
    """The old ones are void."""
    require_fresh(doors, who)

    async def work(tx: Tx) -> tuple[str, ...]:
        if not await rows.has_second_factor(tx, who.person_id):
            raise Problem("second_missing", 409, "Recovery codes are for a second factor. Add one first.")
        await trail(tx, who.person_id, "recovery_codes.renewed", now=doors.clock())
        return await new_codes(tx, who.person_id, doors.clock())

    return await doors.db.writer.run(work)


async def codes_left(doors: Doors, who: SignedIn) -> int:
    return await doors.db.read(lambda tx: rows.count_codes(tx, who.person_id))


async def first_codes(tx: Tx, person_id: str, now: int) -> tuple[str, ...] | None:
    """With the first second factor; None when there are codes."""
    return None if await rows.count_codes(tx, person_id) else await new_codes(tx, person_id, now)


async def new_codes(tx: Tx, person_id: str, now: int) -> tuple[str, ...]:
    codes = tuple(_code() for _ in range(HOW_MANY))
    await rows.replace_codes(tx, person_id, [_hash(person_id, code) for code in codes], now)
    return codes


async def drop_if_alone(tx: Tx, person_id: str) -> None:
    """Without a second factor they stand in for nothing."""
    if not await rows.has_second_factor(tx, person_id):
        await rows.replace_codes(tx, person_id, [], 0)


async def use_code(tx: Tx, person_id: str, code: str, now: int) -> bool:
    return await rows.use_code(tx, _hash(person_id, code), now)


def _code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))


def _hash(person_id: str, code: str) -> bytes:
    """As it was meant: people type capitals, leave dashes out, and take 0 for o and 1 for l."""
    plain = code.lower().replace("-", "").replace("o", "0").replace("l", "1").replace("i", "1")
    return hash_of(f"{person_id}\0{''.join(plain.split())}")
