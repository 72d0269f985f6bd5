"""Events arrive at the endpoints that want them: once, signed, in order within a chat."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from messageapi.vocab.clock import now_ms
from messageapi.webhooks.delivery.attempt import answer_place
from messageapi.webhooks.edit import pause, resume, rotate
from messageapi.webhooks.find import attempts_of
from messageapi.webhooks.replay import send_test
from messageapi.webhooks.schemas import Rotation


@pytest.fixture
def clock() -> Any:
    """Receivers check that a signature is of now."""
    return now_ms


@pytest.mark.usefixtures("deliveries")
async def test_an_event_arrives_signed_and_verifies_with_the_public_library(stage: Any) -> None:
    there = await stage.receiver()
    made = await stage.endpoint(there.url, headers={"Authorization": "Bearer of-the-customer"})
    await stage.events.happen("one")
    (got,) = await there.until(1)
    assert Webhook(made.target.secret).verify(got.body, got.headers)["data"]["name"] == "one"
    assert got.headers["webhook-id"] == got.json["id"]
    assert got.headers["content-type"] == "application/json"
    assert got.headers["authorization"] == "Bearer of-the-customer"
    with pytest.raises(WebhookVerificationError):
        Webhook(made.target.secret).verify(got.body + b" ", got.headers)
    (done,) = await stage.settled(made.endpoint.id, lambda found: found and found[0].state == "delivered")
    assert (done.attempts, done.status, done.error) == (1, 200, None)


@pytest.mark.usefixtures("deliveries")
async def test_both_secrets_verify_while_they_overlap_and_one_after(stage: Any) -> None:
    there = await stage.receiver()
    made = await stage.endpoint(there.url)
    new = await rotate(stage.doors, stage.alice, made.endpoint.id, Rotation(overlap_hours=1))
    await stage.events.happen("one")
    (got,) = await there.until(1)
    for secret in (made.target.secret, new.target.secret):
        Webhook(str(secret)).verify(got.body, got.headers)
    last = await rotate(stage.doors, stage.alice, made.endpoint.id, Rotation(overlap_hours=0))
    await stage.events.happen("two")
    _, got = await there.until(2)
    Webhook(str(last.target.secret)).verify(got.body, got.headers)
    for secret in (made.target.secret, new.target.secret):
        with pytest.raises(WebhookVerificationError):
            Webhook(str(secret)).verify(got.body, got.headers)


@pytest.mark.usefixtures("deliveries")
async def test_without_a_secret_an_event_is_named_and_dated_only(stage: Any) -> None:
    there = await stage.receiver()
    await stage.endpoint(there.url, secret=None)
    await stage.events.happen("one")
    (got,) = await there.until(1)
    assert got.headers["webhook-id"] == got.json["id"]
    assert abs(int(got.headers["webhook-timestamp"]) - now_ms() / 1_000) < 30
    assert "webhook-signature" not in got.headers


@pytest.mark.usefixtures("deliveries")
async def test_only_chosen_types_and_numbers_come_and_nothing_from_before(stage: Any) -> None:
    there, other = await stage.receiver(), await stage.receiver()
    await stage.events.happen("before")
    await stage.endpoint(there.url, events=["number.banned"])
    await stage.endpoint(other.url)
    await stage.events.happen("not wanted")
    await stage.events.happen("wanted", kind="number.banned")
    await there.until(1)
    await other.until(2)
    assert there.names == ["wanted"]
    assert sorted(other.names) == ["not wanted", "wanted"]


@pytest.mark.usefixtures("deliveries")
async def test_a_chat_keeps_its_order_and_chats_do_not_wait_for_each_other(stage: Any) -> None:
    freed, seen = asyncio.Event(), []

    async def answer(_: web.Request, got: Any) -> web.Response:
        seen.append(got.json["data"]["name"])
        if seen[-1] == "slow 0":
            await freed.wait()
        return web.Response()

    there = await stage.receiver(answer)
    await stage.endpoint(there.url)
    await stage.events.happen(*(f"slow {n}" for n in range(5)), chat="slow@g.us")
    await stage.events.happen(*(f"quick {n}" for n in range(30)), chat="quick@g.us")
    await there.until(31)
    assert [name for name in seen if name.startswith("slow")] == ["slow 0"]
    freed.set()
    await there.until(35)
    assert [name for name in seen if name.startswith("slow")] == [f"slow {n}" for n in range(5)]
    assert [name for name in seen if name.startswith("quick")] == [f"quick {n}" for n in range(30)]


@pytest.mark.usefixtures("deliveries")
async def test_hundreds_of_events_arrive_once_each_at_every_endpoint(stage: Any) -> None:
    receivers = [await stage.receiver() for _ in range(3)]
    for there in receivers:
        await stage.endpoint(there.url)
    names = [f"{n}" for n in range(450)]
    for first in range(0, 450, 90):
        await asyncio.gather(*(stage.events.happen(name, chat=f"chat {int(name) % 40}") for name in names[first:][:90]))
    for there in receivers:
        await there.until(450, 60)
        assert sorted(there.names) == sorted(names)


@pytest.mark.usefixtures("deliveries")
async def test_what_happens_while_paused_comes_when_resumed(stage: Any) -> None:
    there = await stage.receiver()
    made = await stage.endpoint(there.url)
    await pause(stage.doors, stage.alice, made.endpoint.id)
    await stage.events.happen("while paused")
    await stage.settled(made.endpoint.id, lambda found: len(found) == 1)
    assert there.got == []
    await resume(stage.doors, stage.alice, made.endpoint.id)
    await there.until(1)
    assert there.names == ["while paused"]


async def test_a_test_event_goes_to_its_endpoint_alone(stage: Any) -> None:
    there, other = await stage.receiver(), await stage.receiver()
    made, _ = await stage.endpoint(there.url, events=["number.banned"]), await stage.endpoint(other.url)
    event_id = await send_test(stage.doors, stage.alice, made.endpoint.id)
    (got,) = await there.until(1)
    assert (got.json["id"], got.json["type"]) == (event_id, "webhook.test")
    await stage.deliveries.relay()
    assert other.got == []


async def test_what_a_receiver_echoes_lies_sealed_and_is_shown_to_its_owner(stage: Any, tmp_path: Path) -> None:
    async def echo(_: web.Request, got: Any) -> web.Response:
        return web.Response(body=got.body)

    there = await stage.receiver(echo)
    made = await stage.endpoint(there.url, headers={"X-Token": "canary-header"})
    await stage.events.happen("canary-event", chat="a@g.us")
    (done,) = await stage.settled(made.endpoint.id, lambda found: found and found[0].state == "delivered")
    (tried,) = await stage.doors.db.read(lambda tx: attempts_of(tx, stage.alice, made.endpoint.id, [done.event_id]))
    sealer = await stage.doors.keyring.sealer(stage.alice.account_id)
    assert sealer.open(tried.answer, answer_place(done.event_id)) == there.got[0].body[:200]
    stored = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file())
    assert done.event_id.encode() in stored
    for canary in (b"canary-event", b"canary-header", there.url.encode(), made.target.secret.encode()):
        assert canary not in stored
