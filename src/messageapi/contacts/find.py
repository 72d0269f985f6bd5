"""Reading the account's list of those who opted out, and its words."""

import msgspec

from messageapi.contacts.schemas import OptOutView, WordsView
from messageapi.contacts.words import EVERYBODYS
from messageapi.store.db import Tx
from messageapi.store.tables import accounts, opt_out_words, opt_outs
from messageapi.vocab.caller import Caller
from messageapi.vocab.clock import iso


async def page(tx: Tx, caller: Caller, after: str | None, limit: int) -> list[tuple[str, OptOutView]]:
    """Oldest first: ids grow with time."""
    mine = tx.of(caller).select(opt_outs).order_by(opt_outs.c.id).limit(limit)
    rows = await tx.rows(mine.where(opt_outs.c.id > after) if after else mine)
    return [(row.id, OptOutView(phone=row.phone, lid=row.lid, source=row.source, at=iso(row.at))) for row in rows]


async def words(tx: Tx, caller: Caller) -> WordsView:
    row = await tx.row(tx.of(caller).select(opt_out_words))
    if row is None:
        return WordsView(stop=sorted(EVERYBODYS.stop), start=sorted(EVERYBODYS.start), own=False)
    stop, start = (msgspec.json.decode(each, type=list[str]) for each in (row.stop, row.start))
    return WordsView(stop=stop, start=start, own=True)


async def default_country(tx: Tx, caller: Caller) -> str | None:
    """The country of numbers written without one."""
    found = await tx.scalar(tx.of(caller).select(accounts, accounts.c.default_country))
    return None if found is None else str(found)
