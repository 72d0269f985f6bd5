"""Reading who looks at the caller's account, and who asks to."""

import msgspec

from messageapi.people.rows import asked, granted
from messageapi.store.tables import accesses
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


class Access(msgspec.Struct, frozen=True):
    """`until`: None before it is granted."""

    id: str
    asked_by: str
    asked_name: str
    reason: str
    asked_at: int
    granted_at: int | None
    until: int | None


_COLUMNS = [accesses.c[name] for name in Access.__struct_fields__]


async def every_open(tx: Tx, caller: Caller, now: int) -> list[Access]:
    """Granted or waiting for an answer, the newest first."""
    mine = tx.of(caller).select(accesses, *_COLUMNS).where(granted(accesses, now) | asked(accesses, now))
    return [Access(*row) for row in await tx.rows(mine.order_by(accesses.c.id.desc()))]
