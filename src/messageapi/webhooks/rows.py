"""Writes to endpoints and their deliveries on behalf of a caller. What a worker does is in delivery/rows.py."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, literal_column, or_, select, tuple_

from messageapi.store.db import Tx
from messageapi.store.tables import deliveries, outbox, webhooks
from messageapi.vocab.caller import Caller
from messageapi.webhooks.delivery.rows import Event, Key

Values = dict[str, object]
_ENDED = or_(*(deliveries.c.state == literal_column(f"'{state}'") for state in ("delivered", "failed", "expired")))
_EVENT = [outbox.c[name] for name in Event._fields]


async def insert(tx: Tx, caller: Caller, values: Values) -> None:
    await tx.execute(tx.of(caller).insert(webhooks, **values))


async def newest_event(tx: Tx) -> int:
    return int(await tx.scalar(select(func.max(outbox.c.seq))) or 0)


async def change(tx: Tx, caller: Caller, webhook_id: str, **values: object) -> None:
    await tx.execute(tx.of(caller).update(webhooks).where(webhooks.c.id == webhook_id).values(**values))


async def lock(tx: Tx, caller: Caller, webhook_id: str) -> None:
    """Nobody relays or settles anything of this endpoint until the transaction ends."""
    mine = tx.of(caller).select(webhooks, webhooks.c.id).where(webhooks.c.id == webhook_id)
    await tx.execute(mine.with_for_update())


async def remove_deliveries(tx: Tx, caller: Caller, webhook_id: str, most: int) -> int:
    key = (deliveries.c.webhook_id, deliveries.c.event_id)
    some = select(*key).where(deliveries.c.webhook_id == webhook_id).limit(most)
    return (await tx.execute(tx.of(caller).delete(deliveries).where(tuple_(*key).in_(some)))).rowcount


async def remove(tx: Tx, caller: Caller, webhook_id: str) -> None:
    await tx.execute(tx.of(caller).delete(webhooks).where(webhooks.c.id == webhook_id))


# --- replay --------------------------------------------------------------------------------------------------------


async def event(tx: Tx, caller: Caller, event_id: str) -> Event | None:
    row = await tx.row(tx.of(caller).select(outbox, *_EVENT).where(outbox.c.id == event_id))
    return None if row is None else Event(*row)


async def events_since(tx: Tx, caller: Caller, after: int, span: tuple[int, int], most: int) -> list[Event]:
    """The account's events after this number that happened in the span, in order."""
    mine = (
        tx.of(caller)
        .select(outbox, *_EVENT)
        .where(outbox.c.seq > after, outbox.c.created_at >= span[0], outbox.c.created_at <= span[1])
    )
    return [Event(*row) for row in await tx.rows(mine.order_by(outbox.c.seq).limit(most))]


async def failed_events(
    tx: Tx, caller: Caller, webhook_id: str, after: int, span: tuple[int, int], most: int
) -> list[Event]:
    """Those that this endpoint did not get and that are still there."""
    mine: Select[Any] = (
        tx.of(caller)
        .select(outbox, *_EVENT)
        .join(deliveries, deliveries.c.event_seq == outbox.c.seq)
        .where(
            deliveries.c.webhook_id == webhook_id,
            deliveries.c.state == literal_column("'failed'"),
            outbox.c.seq > after,
            outbox.c.created_at >= span[0],
            outbox.c.created_at <= span[1],
        )
    )
    return [Event(*row) for row in await tx.rows(mine.order_by(outbox.c.seq).limit(most))]


async def reopen(tx: Tx, caller: Caller, keys: Sequence[Key], now: int) -> list[tuple[str, int]]:
    """Let deliveries that have ended wait once more; the lines they are in."""
    if not keys:
        return []
    mine = (
        tx.of(caller)
        .update(deliveries)
        .where(
            deliveries.c.webhook_id == keys[0][0],
            deliveries.c.event_id.in_([event_id for _, event_id in keys]),
            _ENDED,
        )
        .values(state="waiting", attempts=0, due=now, ended_at=None, status=None, error=None)
        .returning(deliveries.c.webhook_id, deliveries.c.line)
    )
    return sorted({(row.webhook_id, row.line) for row in (await tx.execute(mine)).all()})
