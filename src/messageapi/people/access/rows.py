"""Rows of accesses, each of one account."""

from sqlalchemy import update

from messageapi.people.rows import granted
from messageapi.store.tables import accesses, logins
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


async def granted_to(tx: Tx, caller: Caller, person_id: str, now: int) -> str | None:
    """The id of the access that lets this operator look."""
    theirs = granted(accesses, now) & (accesses.c.asked_by == person_id)
    found: str | None = await tx.scalar(tx.of(caller).select(accesses, accesses.c.id).where(theirs).limit(1))
    return found


async def insert(tx: Tx, caller: Caller, values: dict[str, object]) -> None:
    await tx.execute(tx.of(caller).insert(accesses, **values))


async def change(tx: Tx, caller: Caller, access_id: str, **values: object) -> None:
    await tx.execute(tx.of(caller).update(accesses).where(accesses.c.id == access_id).values(**values))


async def end_asked(tx: Tx, caller: Caller, person_id: str, now: int) -> None:
    """What this operator asked for before and nobody answered."""
    theirs = (accesses.c.asked_by == person_id) & accesses.c.granted_at.is_(None) & accesses.c.ended_at.is_(None)
    await tx.execute(tx.of(caller).update(accesses).where(theirs).values(ended_at=now))


async def turn_away(tx: Tx, access_id: str) -> None:
    """Sessions that look go back to where they came from."""
    await tx.execute(update(logins).where(logins.c.access_id == access_id).values(access_id=None))
