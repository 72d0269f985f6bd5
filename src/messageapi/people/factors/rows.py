"""Rows of passkeys and recovery codes, each of one person."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from messageapi.store.tables import passkeys, people, recovery_codes
from messageapi.store.tx import Tx


class Passkey(msgspec.Struct, frozen=True):
    """`credential` is its name to the browser, `signs` how often it says it was used."""

    id: str
    name: str
    created_at: int
    used_at: int | None
    credential: bytes
    public_key: bytes
    signs: int


_PASSKEY = [passkeys.c[name] for name in Passkey.__struct_fields__]


async def passkeys_of(tx: Tx, person_id: str) -> list[Passkey]:
    """Oldest first."""
    mine = select(*_PASSKEY).where(passkeys.c.person_id == person_id).order_by(passkeys.c.id)
    return [Passkey(*row) for row in await tx.rows(mine)]


async def insert_passkey(tx: Tx, values: dict[str, object]) -> bool:
    """False when somebody has it already."""
    dialect = sqlite if tx.dialect == "sqlite" else postgresql
    statement = dialect.insert(passkeys).values(values).on_conflict_do_nothing().returning(passkeys.c.id)
    return (await tx.execute(statement)).first() is not None


async def use_passkey(tx: Tx, passkey_id: str, signs: int, now: int) -> None:
    await tx.execute(update(passkeys).where(passkeys.c.id == passkey_id).values(signs=signs, used_at=now))


async def delete_passkey(tx: Tx, person_id: str, passkey_id: str) -> bool:
    mine = (passkeys.c.person_id == person_id) & (passkeys.c.id == passkey_id)
    return (await tx.execute(delete(passkeys).where(mine).returning(passkeys.c.id))).first() is not None


async def has_second_factor(tx: Tx, person_id: str) -> bool:
    by_key = exists().where(passkeys.c.person_id == person_id)
    by_code = exists().where(people.c.id == person_id, people.c.totp_at.is_not(None))
    return bool(await tx.scalar(select(by_key | by_code)))


async def use_step(tx: Tx, person_id: str, step: int) -> bool:
    """False when a code of this half minute, or of a later one, was used before."""
    newer = (people.c.id == person_id) & ((people.c.totp_step < step) | people.c.totp_step.is_(None))
    statement = update(people).where(newer).values(totp_step=step).returning(people.c.id)
    return (await tx.execute(statement)).first() is not None


async def replace_codes(tx: Tx, person_id: str, hashes: Sequence[bytes], now: int) -> None:
    await tx.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))
    rows = [{"hash": each, "person_id": person_id, "created_at": now, "used_at": None} for each in hashes]
    await tx.insert_many(recovery_codes, rows)


async def count_codes(tx: Tx, person_id: str) -> int:
    """Those that were not used."""
    mine = (recovery_codes.c.person_id == person_id) & recovery_codes.c.used_at.is_(None)
    return int(await tx.scalar(select(func.count()).select_from(recovery_codes).where(mine)))


async def use_code(tx: Tx, code_hash: bytes, now: int) -> bool:
    unused = (recovery_codes.c.hash == code_hash) & recovery_codes.c.used_at.is_(None)
    statement = update(recovery_codes).where(unused).values(used_at=now).returning(recovery_codes.c.hash)
    return (await tx.execute(statement)).first() is not None
