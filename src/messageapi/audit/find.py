"""Reading an account's audit log."""

import msgspec

from messageapi.store.tables import audit
from messageapi.store.tx import AnyRow, Tx
from messageapi.vocab.caller import Caller


class Entry(msgspec.Struct, frozen=True):
    """`person_id` and `key_id` both None: the operator at the console. `person_name`: as it was then."""

    id: str
    at: int
    person_id: str | None
    person_name: str | None
    key_id: str | None
    action: str
    subject: str
    facts: dict[str, object]


_COLUMNS = [audit.c[name] for name in Entry.__struct_fields__]


async def page(
    tx: Tx, caller: Caller, before: str | None, limit: int, *, about: str | None = None, action: str | None = None
) -> list[Entry]:
    """Newest first: ids grow with time. `about`: an id it was done to; `action`: how it begins, such as `key.`."""
    statement = tx.of(caller).select(audit, *_COLUMNS).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(audit.c.id < before)
    if about is not None:
        statement = statement.where(audit.c.subject == about)
    if action is not None:
        statement = statement.where(audit.c.action.startswith(action, autoescape=True))
    return [_entry(row) for row in await tx.rows(statement)]


def _entry(row: AnyRow) -> Entry:
    values = [*row[:-1], msgspec.json.decode(row.facts)]
    return Entry(*values)
