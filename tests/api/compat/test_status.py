"""The state of the default number, the day's counts, and a message's delivery status for both kinds of callers."""

from typing import Any

import pytest

DAY_MS = 86_400_000


async def test_an_account_without_a_number_is_not_connected(alice: Any) -> None:
    body = (await alice.get("/api/v1/status")).json()
    assert (body["success"], body["connected"], body["number"], body["plan"]) == (True, False, None, None)


@pytest.mark.parametrize(("state", "connected"), [("connected", True), ("degraded", True), ("reconnecting", False)])
async def test_the_default_number_says_whether_it_is_connected(
    alice: Any, doors: Any, make: Any, state: str, connected: bool
) -> None:
    number = await make.make_number(doors, alice.caller, state=state)
    body = (await alice.get("/api/v1/status")).json()
    assert (body["connected"], body["state"]) == (connected, state)
    assert body["number"] == {"id": number, "name": "Shop", "phone": "+4915111111111"}
    assert body["message"]


async def test_todays_messages_are_counted_by_what_became_of_them(
    alice: Any, doors: Any, make: Any, clock: Any
) -> None:
    await make.make_number(doors, alice.caller)
    yesterday = await make.make_message(doors, alice.caller)
    await make.make_status(doors, yesterday, status="read")
    clock.forward(DAY_MS)
    for status in ("sent", "delivered", "delivered", "read", "failed", "unconfirmed", "accepted", "sending"):
        message = await make.make_message(doors, alice.caller)
        await make.make_status(doors, message, status=status)
    assert (await alice.get("/api/v1/status")).json()["today"] == {
        "accepted": 8,
        "waiting": 2,
        "sent": 4,
        "delivered": 3,
        "read": 1,
        "unconfirmed": 1,
        "failed": 1,
    }


async def test_charlies_status_counts_nothing_of_alices(alice: Any, charlie: Any, doors: Any, make: Any) -> None:
    await make.make_number(doors, alice.caller)
    await make.make_message(doors, alice.caller)
    body = (await charlie.get("/api/v1/status")).json()
    assert (body["number"], body["today"]["accepted"]) == (None, 0)


async def test_a_messages_status_serves_both_kinds_of_callers(alice: Any, charlie: Any, doors: Any, make: Any) -> None:
    await make.make_number(doors, alice.caller)
    message = await make.make_message(doors, alice.caller)
    body = (await alice.get(f"/api/v1/messages/{message}")).json()
    assert (body["success"], body["messageId"], body["id"], body["status"]) == (True, message, message, "accepted")
    missing = await charlie.get(f"/api/v1/messages/{message}")
    assert missing.status_code == 404
    assert (missing.json()["success"], missing.json()["code"]) == (False, "message_not_found")
    assert missing.json()["message"] == missing.json()["detail"]
