"""Who delivers to an endpoint, and what goes next. One worker at a time has it, so the order in a chat is its alone to
keep; what it has in hand stays `ready` in the database until that is settled.
"""

from collections.abc import Sequence
from typing import NamedTuple

from messageapi.store.db import Tx
from messageapi.webhooks.delivery import rows
from messageapi.webhooks.delivery.rows import Head
from messageapi.webhooks.endpoint import Endpoint

HOLD_MS = 30_000
"""Longer than an attempt takes. After a crash another worker goes on when this is over."""


class Hold(NamedTuple):
    """A worker wants to have an endpoint, or to keep it."""

    webhook_id: str
    me: str
    now: int


class Look(NamedTuple):
    """What there is to do for an endpoint: the soonest heads of its lines, and whether anything waits behind them."""

    endpoint: Endpoint
    heads: list[Head]
    waits: bool


async def hold(tx: Tx, wanted: Sequence[Hold]) -> list[bool]:
    """A batch for Writer.join: False when somebody else has it, or it is not enabled."""
    return [await rows.hold(tx, each.webhook_id, each.me, each.now, each.now + HOLD_MS) for each in wanted]


async def look(tx: Tx, webhook_id: str, most: int) -> Look | None:
    """None when nothing may be delivered to it."""
    endpoint = await rows.endpoint(tx, webhook_id)
    if endpoint is None or endpoint.state != "enabled":
        return None
    heads = await rows.heads(tx, webhook_id, most)
    return Look(endpoint, heads, bool(heads) and await rows.waits(tx, webhook_id))


async def due(tx: Tx, now: int) -> list[str]:
    """Endpoints with something to deliver: the net under the bells."""
    return await rows.due(tx, now)


async def listeners(tx: Tx) -> frozenset[str]:
    """Accounts whose events go somewhere."""
    return await rows.listeners(tx)


async def take_over(tx: Tx, me: str) -> None:
    """At the start. SQLite has no second process: whoever held an endpoint is gone."""
    if tx.dialect == "sqlite":
        await rows.let_all_go(tx)
    else:
        await rows.let_go(tx, me)


async def let_go(tx: Tx, me: str) -> None:
    await rows.let_go(tx, me)
