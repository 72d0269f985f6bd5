"""Senders who would rather be told at once than wait for a budget of their number."""

from typing import Any

import pytest

PACE = {
    "on": True,
    "gapMs": 0,
    "jitterMs": 0,
    "perMinute": 0,
    "perHour": 2,
    "perDay": 0,
    "newContactsPerDay": 0,
    "warmUp": False,
}


@pytest.fixture
async def paced(alice: Any, doors: Any, make: Any) -> str:
    """Alice's number may send two messages an hour."""
    number: str = await make.make_number(doors, alice.caller)
    assert (await alice.patch(f"/api/v1/numbers/{number}", json={"pacing": PACE})).status_code == 200
    return number


def message(**given: Any) -> dict[str, Any]:
    return {"to": "+4915222222222", "text": "Hello", **given}


async def test_a_message_that_would_wait_is_refused_when_its_sender_says_so(alice: Any, paced: str) -> None:
    for _ in range(2):
        assert (await alice.post("/api/v1/messages", json=message(onLimit="refuse"))).status_code == 202
    refused = await alice.post("/api/v1/messages", json=message(onLimit="refuse"))
    assert (refused.status_code, refused.json()["code"]) == (429, "over_budget")
    assert refused.headers["retry-after"] == "3600"
    assert (await alice.post("/api/v1/messages", json=message())).status_code == 202
    assert paced


async def test_what_was_refused_leaves_nothing_behind(alice: Any, paced: str) -> None:
    for _ in range(5):
        await alice.post("/api/v1/messages", json=message(onLimit="refuse"))
    assert len((await alice.get(f"/api/v1/messages?number={paced}")).json()["items"]) == 2


async def test_in_a_batch_those_with_room_are_taken(alice: Any, paced: str) -> None:
    batch = {"messages": [message(onLimit="refuse") for _ in range(4)]}
    answer = (await alice.post("/api/v1/messages/batch", json=batch)).json()
    assert (answer["accepted"], answer["refused"]) == (2, 2)
    assert [each.get("problem", {}).get("code") for each in answer["results"][2:]] == ["over_budget"] * 2
    assert paced


async def test_scheduled_messages_are_not_judged_by_todays_budget(alice: Any, paced: str) -> None:
    for _ in range(3):
        later = message(onLimit="refuse", sendAt="2026-11-23T12:00:00Z")
        assert (await alice.post("/api/v1/messages", json=later)).status_code == 202
    assert paced


async def test_without_a_pace_nothing_is_refused(alice: Any, doors: Any, make: Any) -> None:
    await make.make_number(doors, alice.caller)
    for _ in range(30):
        assert (await alice.post("/api/v1/messages", json=message(onLimit="refuse"))).status_code == 202


async def test_a_new_contact_is_refused_when_only_that_budget_is_full(alice: Any, paced: str) -> None:
    limits = {"perHour": 0, "newContactsPerDay": 1}
    await alice.patch(f"/api/v1/numbers/{paced}", json={"pacing": limits})
    answer = await alice.post("/api/v1/messages", json=message(onLimit="refuse"))
    assert answer.status_code == 202


@pytest.mark.parametrize("wish", ["", "later", 1, None])
async def test_another_wish_is_refused(alice: Any, paced: str, wish: Any) -> None:
    answer = await alice.post("/api/v1/messages", json=message(onLimit=wish))
    assert answer.status_code == 422
    assert paced
