"""Reads and writes of kept answers, for all requests of a transaction at once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from messageapi.idempotency.entry import Claim, Entry, Name, Once
from messageapi.store.tables import idempotency
from messageapi.store.tx import Tx
from messageapi.web.replay import Kept

_KEY = (idempotency.c.account_id, idempotency.c.place)

_FIND = select(idempotency).where(
    idempotency.c.account_id.in_(bindparam("accounts", expanding=True)),
    idempotency.c.place.in_(bindparam("places", expanding=True)),
)

_FINISH = (
    update(idempotency)
    .where(
        idempotency.c.account_id == bindparam("account"),
        idempotency.c.place == bindparam("at"),
        idempotency.c.status.is_(None),
    )
    .values(
        status=bindparam("new_status"),
        content_type=bindparam("new_type"),
        answer=bindparam("new_answer"),
        pending_until=None,
    )
)


def _claiming(dialect: Any) -> Any:
    """Takes free places and those whose time is over; returns what it took."""
    insert = dialect.insert(idempotency)
    fresh = {column.name: insert.excluded[column.name] for column in idempotency.c if not column.primary_key}
    over = idempotency.c.expires_at <= bindparam("now_ms")
    return insert.on_conflict_do_update(index_elements=_KEY, set_=fresh, where=over).returning(*_KEY)


_CLAIM = {"sqlite": _claiming(sqlite), "postgresql": _claiming(postgresql)}


async def find(tx: Tx, wanted: Sequence[Once]) -> dict[Name, Entry]:
    """What stands under these names, expired or not."""
    places = {"accounts": [each.account_id for each in wanted], "places": [each.place for each in wanted]}
    return {(row.account_id, row.place): _entry(row) for row in await tx.rows(_FIND, places)}


async def claim(tx: Tx, claims: Sequence[Claim], now: int) -> dict[int, Entry | None]:
    """Store these; by index those that came too late, with what stands in their place."""
    # one order for all: two transactions that claim the same places cannot wait for each other
    ordered = sorted(range(len(claims)), key=lambda each: claims[each].once.name)
    statement = _CLAIM[tx.dialect]
    late = [index for index in ordered if not await tx.row(statement, {**_values(claims[index]), "now_ms": now})]
    standing = await find(tx, [claims[index].once for index in late]) if late else {}
    return {index: standing.get(claims[index].once.name) for index in late}


async def finish(tx: Tx, once: Once, kept: Kept) -> Kept:
    """Store the answer unless there is one; the one that stands."""
    values = {"new_status": kept.status, "new_type": kept.content_type, "new_answer": kept.body}
    done = await tx.execute(_FINISH, {"account": once.account_id, "at": once.place, **values})
    if done.rowcount == 1:
        return kept
    found = (await find(tx, [once])).get(once.name)
    return found.kept if found and found.kept else kept


async def expire(tx: Tx, now: int, limit: int) -> int:
    """Delete up to `limit` entries whose time is over; how many went."""
    old = await tx.rows(select(*_KEY).where(idempotency.c.expires_at <= now).limit(limit))
    gone = delete(idempotency).where(
        idempotency.c.account_id == bindparam("account"), idempotency.c.place == bindparam("at")
    )
    if old:
        await tx.execute(gone, [{"account": row.account_id, "at": row.place} for row in old])
    return len(old)


def _entry(row: Any) -> Entry:
    kept = None if row.status is None else Kept(row.status, row.content_type, bytes(row.answer))
    return Entry(bytes(row.fingerprint), row.message_id, kept, row.pending_until, row.expires_at)


def _values(claim: Claim) -> dict[str, object]:
    kept = claim.kept
    return {
        "account_id": claim.once.account_id,
        "place": claim.once.place,
        "fingerprint": claim.once.fingerprint,
        "message_id": claim.message_id,
        "status": kept.status if kept else None,
        "content_type": kept.content_type if kept else None,
        "answer": kept.body if kept else None,
        "pending_until": claim.pending_until,
        "expires_at": claim.once.expires_at,
    }
