"""Events arrive at the endpoints that want them: once, signed, in order within a chat."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from messageapi.vocab.clock import now_ms
from messageapi.webhooks.edit import pause, resume, rotate
from messageapi.webhooks.replay import send_test
from messageapi.webhooks.schemas import Rotation


@pytest.fixture
def clock() -> Any:
    """Receivers check that a signature is of now."""
    return now_ms


@pytest.mark.usefixtures("deliveries")
async def test_an_event_arrives_signed_and_verifies_with_the_public_library(
    endpoint: Any, receiver: Any, events: Any, settled: Any
) -> None:
    there = await receiver()
    made = await endpoint(there.url, headers={"Authorization": "Bearer of-the-customer"})
    await events.happen("one")
    (got,) = await there.until(1)
    assert Webhook(made.target.secret).verify(got.body, got.headers)["data"]["name"] == "one"
    assert got.headers["webhook-id"] == got.json["id"]
    assert got.headers["content-type"] == "application/json"
    assert got.headers["authorization"] == "Bearer of-the-customer"
    with pytest.raises(WebhookVerificationError):
        Webhook(made.target.secret).verify(got.body + b" ", got.headers)
    (done,) = await settled(made.endpoint.id, lambda found: found and found[0].state == "delivered")
    assert (done.attempts, done.status, done.error) == (1, 200, None)


@pytest.mark.usefixtures("deliveries")
async def test_both_secrets_verify_while_they_overlap_and_one_after(
    endpoint: Any, receiver: Any, events: Any, doors: Any, alice: Any
) -> None:
    there = await receiver()
    made = await endpoint(there.url)
    new = await rotate(doors, alice, made.endpoint.id, Rotation(overlap_hours=1))
    await events.happen("one")
    (got,) = await there.until(1)
    for secret in (made.target.secret, new.target.secret):
        Webhook(secret).verify(got.body, got.headers)
    last = await rotate(doors, alice, made.endpoint.id, Rotation(overlap_hours=0))
    await events.happen("two")
    _, got = await there.until(2)
    Webhook(last.target.secret).verify(got.body, got.headers)
    for secret in (made.target.secret, new.target.secret):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(got.body, got.headers)


@pytest.mark.usefixtures("deliveries")
async def test_without_a_secret_an_event_is_named_and_dated_only(endpoint: Any, receiver: Any, events: Any) -> None:
    there = await receiver()
    await endpoint(there.url, secret=None)
    await events.happen("one")
    (got,) = await there.until(1)
    assert got.headers["webhook-id"] == got.json["id"]
    assert abs(int(got.headers["webhook-timestamp"]) - now_ms() / 1_000) < 30
    assert "webhook-signature" not in got.headers


@pytest.mark.usefixtures("deliveries")
async def test_only_chosen_types_and_numbers_come_and_nothing_from_before(
    endpoint: Any, receiver: Any, events: Any, doors: Any, alice: Any
) -> None:
    there, other = await receiver(), await receiver()
    await events.happen("before")
    await endpoint(there.url, events=["number.banned"])
    await endpoint(other.url)
    await events.happen("not wanted")
    await events.happen("wanted", kind="number.banned")
    await there.until(1)
    await other.until(2)
    assert there.names == ["wanted"]
    assert sorted(other.names) == ["not wanted", "wanted"]


@pytest.mark.usefixtures("deliveries")
async def test_a_chat_keeps_its_order_and_chats_do_not_wait_for_each_other(
    endpoint: Any, receiver: Any, events: Any
) -> None:
    freed, seen = asyncio.Event(), []

    async def answer(_: web.Request, got: Any) -> web.Response:
        seen.append(got.json["data"]["name"])
        if seen[-1] == "slow 0":
            await freed.wait()
        return web.Response()

    there = await receiver(answer)
    await endpoint(there.url)
    await events.happen(*(f"slow {n}" for n in range(5)), chat="slow@g.us")
    await events.happen(*(f"quick {n}" for n in range(30)), chat="quick@g.us")
    await there.until(31)
    assert [name for name in seen if name.startswith("slow")] == ["slow 0"]
    freed.set()
    await there.until(35)
    assert [name for name in seen if name.startswith("slow")] == [f"slow {n}" for n in range(5)]
    assert [name for name in seen if name.startswith("quick")] == [f"quick {n}" for n in range(30)]


@pytest.mark.usefixtures("deliveries")
async def test_hundreds_of_events_arrive_once_each_at_every_endpoint(endpoint: Any, receiver: Any, events: Any) -> None:
    receivers = [await receiver() for _ in range(3)]
    for there in receivers:
        await endpoint(there.url)
    names = [f"{n}" for n in range(450)]
    for first in range(0, 450, 90):
        await asyncio.gather(*(events.happen(name, chat=f"chat {int(name) % 40}") for name in names[first:][:90]))
    for there in receivers:
        await there.until(450, 60)
        assert sorted(there.names) == sorted(names)


@pytest.mark.usefixtures("deliveries")
async def test_what_happens_while_paused_comes_when_resumed(
    endpoint: Any, receiver: Any, events: Any, doors: Any, alice: Any, settled: Any
) -> None:
    there = await receiver()
    made = await endpoint(there.url)
    await pause(doors, alice, made.endpoint.id)
    await events.happen("while paused")
    await settled(made.endpoint.id, lambda found: len(found) == 1)
    assert there.got == []
    await resume(doors, alice, made.endpoint.id)
    await there.until(1)
    assert there.names == ["while paused"]


async def test_a_test_event_goes_to_its_endpoint_alone(
    deliveries: Any, endpoint: Any, receiver: Any, doors: Any, alice: Any
) -> None:
    there, other = await receiver(), await receiver()
    made, _ = await endpoint(there.url, events=["number.banned"]), await endpoint(other.url)
    event_id = await send_test(doors, alice, made.endpoint.id)
    (got,) = await there.until(1)
    assert (got.json["id"], got.json["type"]) == (event_id, "webhook.test")
    await deliveries.relay()
    assert other.got == []
