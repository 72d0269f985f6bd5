"""Rows of the audit log: written once, dropped when they are old."""

from sqlalchemy import delete, select

from messageapi.store.tables import audit, people
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


async def insert(tx: Tx, caller: Caller, values: dict[str, object]) -> None:
    """With the name that the person has now."""
    name = select(people.c.name).where(people.c.id == caller.person_id).scalar_subquery()
    await tx.execute(tx.of(caller).insert(audit, **values, person_name=name if caller.person_id else None))


async def drop_before(tx: Tx, at: int, most: int) -> int:
    """How many went. Ids grow with time, so the oldest are found without reading the rest."""
    oldest = select(audit.c.id, audit.c.at).order_by(audit.c.id).limit(most).subquery()
    old = select(oldest.c.id).where(oldest.c.at < at)
    return len((await tx.execute(delete(audit).where(audit.c.id.in_(old)).returning(audit.c.id))).all())
