"""A paused number accepts and keeps; how much waits at a number, and since when, is there to read."""

from typing import Any

import pytest

NUMBERS = "/api/v1/numbers"
MESSAGES = "/api/v1/messages"


@pytest.fixture
async def number(doors: Any, alice: Any, make: Any) -> str:
    return str(await make.make_number(doors, alice.caller))


async def test_a_number_is_paused_once_and_resumed(alice: Any, number: str, clock: Any) -> None:
    assert (await alice.get(f"{NUMBERS}/{number}")).json()["pausedAt"] is None
    paused = await alice.post(f"{NUMBERS}/{number}/pause")
    since = paused.json()["pausedAt"]
    assert (paused.status_code, since) == (200, "2026-11-22T12:00:00.000Z")
    clock.forward(1_000)
    assert (await alice.post(f"{NUMBERS}/{number}/pause")).json()["pausedAt"] == since
    resumed = await alice.post(f"{NUMBERS}/{number}/resume")
    assert (resumed.status_code, resumed.json()["pausedAt"]) == (200, None)
    assert (await alice.post(f"{NUMBERS}/{number}/resume")).status_code == 200


async def test_a_paused_number_accepts_messages(alice: Any, number: str) -> None:
    await alice.post(f"{NUMBERS}/{number}/pause")
    sent = await alice.post(MESSAGES, json={"to": "+12025550123", "type": "text", "text": "Hello"})
    assert (sent.status_code, sent.json()["status"]) == (202, "accepted")


async def test_what_waits_is_counted_with_the_age_of_the_oldest(alice: Any, number: str, clock: Any) -> None:
    assert (await alice.get(f"{NUMBERS}/{number}")).json()["queue"] == {"length": 0, "oldestAt": None}
    for text in ("one", "two"):
        await alice.post(MESSAGES, json={"to": "+12025550123", "type": "text", "text": text})
        clock.forward(60_000)
    later = {"to": "+12025550123", "type": "text", "text": "later", "sendAt": "2026-11-23T12:00:00Z"}
    await alice.post(MESSAGES, json=later)
    waiting = {"length": 2, "oldestAt": "2026-11-22T12:00:00.000Z"}
    assert (await alice.get(f"{NUMBERS}/{number}")).json()["queue"] == waiting
    listed = (await alice.get(NUMBERS)).json()["items"]
    assert {one["id"]: one["queue"] for one in listed}[number] == waiting
