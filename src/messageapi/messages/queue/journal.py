"""How far the events of a number's journal were taken in: kept with the changes themselves, so nothing counts twice."""

from collections.abc import Collection, Mapping

from messageapi.messages.queue import rows
from messageapi.messages.queue.entry import Standing
from messageapi.store.db import Tx
from messageapi.web.doors import Doors


async def owner(doors: Doors, number_id: str) -> str | None:
    """The account of a number; None when there is no such number any more."""
    async with doors.db.reading() as tx:
        found = (await rows.standings(tx, [number_id], lock=False)).get(number_id)
    return found.account_id if found else None


async def locked(tx: Tx, number_ids: Collection[str]) -> dict[str, Standing]:
    """Where these numbers' journals stand; nobody else takes in events of them until the end of the transaction."""
    return await rows.standings(tx, set(number_ids), lock=True)


async def remember(tx: Tx, taken: Mapping[str, int]) -> None:
    """Sequence number of the last event of each number."""
    await rows.remember(tx, taken.items())
