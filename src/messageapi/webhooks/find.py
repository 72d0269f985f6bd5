"""Reading the account's endpoints, their deliveries and attempts. Every function takes the caller."""

from typing import Literal

import msgspec
from sqlalchemy import func, literal_column

from messageapi.errors import Problem
from messageapi.store.db import Tx
from messageapi.store.tables import attempts, deliveries, outbox, webhooks
from messageapi.vocab.caller import Caller
from messageapi.webhooks.endpoint import Endpoint

Status = Literal["pending", "delivered", "failed", "expired"]
STATES: dict[Status, tuple[str, ...]] = {
    "pending": ("waiting", "ready"),
    "delivered": ("delivered",),
    "failed": ("failed",),
    "expired": ("expired",),
}
_STATUS: dict[str, Status] = {state: status for status, states in STATES.items() for state in states}


class Delivery(msgspec.Struct, frozen=True):
    """A delivery as it lies in the database."""

    event_id: str
    type: str
    state: str
    attempts: int
    due: int
    status: int | None
    error: str | None
    created_at: int
    ended_at: int | None
    expires_at: int

    def status_at(self, now: int) -> Status:
        """What waits for longer than its event is kept does not come any more."""
        found = _STATUS[self.state]
        return "expired" if found == "pending" and self.expires_at <= now else found


class Attempt(msgspec.Struct, frozen=True):
    """One request that was made. `answer` is sealed."""

    event_id: str
    at: int
    ms: int
    status: int | None
    error: str | None
    answer: bytes | None


_ENDPOINT = [webhooks.c[name] for name in Endpoint.__struct_fields__]
_DELIVERY = [deliveries.c[name] for name in Delivery.__struct_fields__]
_ATTEMPT = [attempts.c[name] for name in Attempt.__struct_fields__]


async def one(tx: Tx, caller: Caller, webhook_id: str) -> Endpoint:
    """Raise Problem webhook_not_found, for another account's endpoint as well."""
    row = await tx.row(tx.of(caller).select(webhooks, *_ENDPOINT).where(webhooks.c.id == webhook_id))
    if row is None:
        raise Problem(
            "webhook_not_found", 404, "There is no webhook endpoint with this id. GET /api/v1/webhooks lists yours."
        )
    return Endpoint(*row)


async def page(tx: Tx, caller: Caller, after: str | None, limit: int) -> list[Endpoint]:
    """Oldest first: ids grow with time."""
    mine = tx.of(caller).select(webhooks, *_ENDPOINT).order_by(webhooks.c.id).limit(limit)
    return [Endpoint(*row) for row in await tx.rows(mine.where(webhooks.c.id > after) if after else mine)]


async def count(tx: Tx, caller: Caller) -> int:
    return int(await tx.scalar(tx.of(caller).select(webhooks, func.count(webhooks.c.id))))


async def deliveries_of(
    tx: Tx, caller: Caller, webhook_id: str, status: Status | None, before: str | None, limit: int
) -> list[Delivery]:
    """The newest event first."""
    mine = tx.of(caller).select(deliveries, *_DELIVERY).where(deliveries.c.webhook_id == webhook_id)
    if status is not None:
        mine = mine.where(deliveries.c.state.in_([literal_column(f"'{state}'") for state in STATES[status]]))
    if before is not None:
        mine = mine.where(deliveries.c.event_id < before)
    return [Delivery(*row) for row in await tx.rows(mine.order_by(deliveries.c.event_id.desc()).limit(limit))]


async def delivery(tx: Tx, caller: Caller, webhook_id: str, event_id: str) -> Delivery:
    mine = tx.of(caller).select(deliveries, *_DELIVERY)
    row = await tx.row(mine.where(deliveries.c.webhook_id == webhook_id, deliveries.c.event_id == event_id))
    if row is None:
        raise Problem(
            "delivery_not_found",
            404,
            "This endpoint has no delivery of an event with this id. GET /api/v1/webhooks/{id}/deliveries lists them.",
        )
    return Delivery(*row)


async def sealed_event(tx: Tx, caller: Caller, event_id: str) -> bytes | None:
    """The payload of an event; None when it is gone."""
    found: bytes | None = await tx.scalar(tx.of(caller).select(outbox, outbox.c.sealed).where(outbox.c.id == event_id))
    return found


async def attempts_of(tx: Tx, caller: Caller, webhook_id: str, event_ids: list[str]) -> list[Attempt]:
    """Of these deliveries, the oldest first."""
    if not event_ids:
        return []
    mine = tx.of(caller).select(attempts, *_ATTEMPT)
    mine = mine.where(attempts.c.webhook_id == webhook_id, attempts.c.event_id.in_(event_ids))
    return [Attempt(*row) for row in await tx.rows(mine.order_by(attempts.c.seq))]
