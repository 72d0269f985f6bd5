"""The rows of watches: of a number that is known to be the caller's, or of those that hosts report about."""

from collections.abc import Collection

from sqlalchemy import delete, func, insert, or_, select, tuple_, update

from messageapi.chats.presence.watch import Watch
from messageapi.store.db import Tx
from messageapi.store.tables import watches

_COLUMNS = [watches.c[field] for field in Watch.__struct_fields__]


async def of_number(tx: Tx, number_id: str) -> list[Watch]:
    mine = select(*_COLUMNS).where(watches.c.number_id == number_id).order_by(watches.c.address)
    return [Watch(*row) for row in await tx.rows(mine)]


async def one(tx: Tx, number_id: str, addresses: Collection[str]) -> Watch | None:
    """Under whichever of these addresses it is kept."""
    named = or_(watches.c.address.in_(addresses), watches.c.lid.in_(addresses))
    row = await tx.row(select(*_COLUMNS).where(watches.c.number_id == number_id, named).limit(1))
    return Watch(*row) if row else None


async def count(tx: Tx, number_id: str) -> int:
    return int(await tx.scalar(select(func.count()).select_from(watches).where(watches.c.number_id == number_id)))


async def add(tx: Tx, watch: Watch) -> None:
    values = {field: getattr(watch, field) for field in Watch.__struct_fields__}
    await tx.execute(insert(watches), values)


async def remove(tx: Tx, number_id: str, address: str) -> None:
    await tx.execute(delete(watches).where(watches.c.number_id == number_id, watches.c.address == address))


async def named(tx: Tx, some: Collection[tuple[str, str]]) -> list[Watch]:
    """Of these numbers and addresses, by either address."""
    wanted = list(some)
    by_address = tuple_(watches.c.number_id, watches.c.address).in_(wanted)
    by_lid = tuple_(watches.c.number_id, watches.c.lid).in_(wanted)
    return [Watch(*row) for row in await tx.rows(select(*_COLUMNS).where(or_(by_address, by_lid)))]


async def save(tx: Tx, watch: Watch) -> None:
    seen = {field: getattr(watch, field) for field in ("phone", "lid", "state", "chat", "at", "last_seen")}
    place = watches.c.number_id == watch.number_id, watches.c.address == watch.address
    await tx.execute(update(watches).where(*place).values(**seen))
