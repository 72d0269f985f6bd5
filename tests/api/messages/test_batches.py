"""POST /api/v1/messages/batch: a result for each, in order, and one transaction for all."""

from typing import Any

import pytest
from sqlalchemy import func, select

from messageapi.store.tables import messages, outbox

PATH = "/api/v1/messages/batch"
HELLO = {"to": "+12025550123", "text": "Hello"}

pytestmark = pytest.mark.usefixtures("number")


async def test_each_message_has_its_own_result(alice: Any, number: Any) -> None:
    wishes = [
        HELLO,
        {"to": "Dana", "text": "x"},
        {"type": "poll", "to": "+12025550123", "question": "?", "options": ["a", "b"]},
        {**HELLO, "surprise": 1},
        {**HELLO, "from": "num_nobody"},
        {**HELLO, "sendAt": "2026-11-23T00:00:00Z"},
        7,
        {"text": "x"},
    ]
    answer = await alice.post(PATH, json={"messages": wishes})
    assert answer.status_code == 202
    body = answer.json()
    assert (body["accepted"], body["refused"]) == (3, 5)
    assert [one["index"] for one in body["results"]] == list(range(8))
    told = [one.get("status") or one["problem"]["code"] for one in body["results"]]
    assert told == [
        "accepted",
        "recipient_malformed",
        "accepted",
        "unknown_field",
        "number_unknown",
        "scheduled",
        "field_invalid",
        "field_missing",
    ]
    assert [one["problem"]["status"] for one in body["results"] if "problem" in one] == [422, 400, 404, 422, 422]
    first = body["results"][0]
    assert (first["number"], first["to"]) == (number, "12025550123@s.whatsapp.net")
    assert (await alice.get(f"/api/v1/messages/{first['id']}")).json()["status"] == "accepted"


async def test_a_thousand_are_taken_in_order_and_no_more(alice: Any, doors: Any) -> None:
    wishes = [{**HELLO, "text": f"{place}", "priority": "low"} for place in range(1_000)]
    body = (await alice.post(PATH, json={"messages": wishes})).json()
    assert (body["accepted"], body["refused"]) == (1_000, 0)
    in_order = await doors.db.read(
        lambda tx: tx.rows(select(messages.c.id, messages.c.priority).order_by(messages.c.seq))
    )
    assert [row.id for row in in_order] == [one["id"] for one in body["results"]]
    assert {row.priority for row in in_order} == {-1}
    for size in (0, 1_001):
        refused = await alice.post(PATH, json={"messages": [HELLO] * size})
        assert (refused.status_code, refused.json()["code"]) == (422, "field_invalid")
    assert await doors.db.read(lambda tx: tx.scalar(select(func.count()).select_from(outbox))) == 1_000


@pytest.mark.parametrize("body", [{}, {"messages": {}}, {"messages": [HELLO], "x": 1}, []])
async def test_a_batch_of_the_wrong_shape_is_refused_as_a_whole(alice: Any, body: Any) -> None:
    assert (await alice.post(PATH, json=body)).status_code in (400, 422)


async def test_a_batch_in_which_nothing_fits_stores_nothing(alice: Any) -> None:
    body = (await alice.post(PATH, json={"messages": [{"to": "Dana", "text": "x"}] * 3})).json()
    assert (body["accepted"], body["refused"]) == (0, 3)
    assert (await alice.get("/api/v1/messages")).json()["items"] == []


async def test_charlie_sends_nothing_from_alices_number(charlie: Any, alice: Any, number: Any) -> None:
    body = (await charlie.post(PATH, json={"messages": [{**HELLO, "from": number}, HELLO]})).json()
    assert [one["problem"]["code"] for one in body["results"]] == ["number_unknown", "no_number"]
    assert (await alice.get("/api/v1/messages")).json()["items"] == []


async def test_who_may_only_read_sends_no_batch(bob: Any) -> None:
    assert (await bob.post(PATH, json={"messages": [HELLO]})).status_code == 403
