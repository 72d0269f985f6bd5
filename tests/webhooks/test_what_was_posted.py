"""Whoever looks into a delivery sees the event as it was posted, while it is kept; nobody else ever does."""

from typing import Any

import pytest

from messageapi.accounts.create import create_account
from messageapi.errors import Problem
from messageapi.vocab.caller import operator_for
from messageapi.webhooks.create import create
from messageapi.webhooks.posted import posted
from messageapi.webhooks.schemas import NewWebhook

HOUR_MS = 3_600_000


async def test_it_is_what_the_receiver_got_until_it_is_not_kept_any_more(stage: Any, clock: Any) -> None:
    there = await stage.receiver()
    made = await stage.endpoint(there.url)
    await stage.events.happen("Ärger & Söhne")
    (got,) = await there.until(1)
    place = (made.endpoint.id, got.headers["webhook-id"])
    assert await posted(stage.doors, stage.alice, *place) == got.body
    clock.forward(72 * HOUR_MS)  # it lies there until it is swept, and is not shown
    assert await posted(stage.doors, stage.alice, *place) is None


async def test_neither_another_account_nor_another_endpoint_leads_to_it(stage: Any) -> None:
    there = await stage.receiver()
    made = await stage.endpoint(there.url)
    await stage.events.happen("one")
    (got,) = await there.until(1)
    event_id = got.headers["webhook-id"]
    charlie = operator_for(await create_account(stage.doors, name="Charlie", email="charlie@example.com"))
    own = await create(stage.doors, charlie, NewWebhook(url=there.url))
    later = await stage.endpoint(there.url)
    for caller, webhook_id in (
        (charlie, made.endpoint.id),
        (charlie, own.endpoint.id),
        (stage.alice, later.endpoint.id),
    ):
        with pytest.raises(Problem) as refused:
            await posted(stage.doors, caller, webhook_id, event_id)
        assert refused.value.code == "delivery_not_found"
