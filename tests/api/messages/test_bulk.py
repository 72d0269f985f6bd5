"""Bulk messages do not go to who opted out; what people ordered themselves does."""

from typing import Any

import pytest

from messageapi.engines.port import Inbound
from messageapi.messages.following.events import News, apply
from messageapi.vocab.content import Letter, Text

PHONE = "+4915222222222"
LID = "90000000001@lid"


@pytest.fixture
async def stopped(alice: Any, doors: Any, number: str) -> None:
    """Somebody wrote STOP."""
    sealer = await doors.keyring.sealer(alice.account_id)
    said = Inbound("IN1", LID, LID, PHONE, LID, "Somebody", "text", Letter(content=Text("STOP")), doors.clock())
    news = [News(number, alice.account_id, sealer, [said])]
    await doors.db.writer.run(lambda tx: apply(tx, doors.clock(), 72, news))


async def sent(alice: Any, **given: Any) -> Any:
    return await alice.post("/api/v1/messages", json={"to": PHONE, "text": "Sale!", **given})


@pytest.mark.usefixtures("stopped")
@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 202),
        ({"bulk": True}, 422),
        ({"priority": "low"}, 422),
        ({"priority": "low", "bulk": False}, 202),
        ({"priority": "high"}, 202),
        ({"priority": "high", "bulk": True}, 422),
        ({"bulk": True, "to": LID}, 422),
        ({"bulk": True, "to": "+4915222222223"}, 202),
    ],
)
async def test_what_is_bulk_is_not_taken(alice: Any, given: Any, status: int) -> None:
    answer = await sent(alice, **given)
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["code"] == "recipient_opted_out"


@pytest.mark.usefixtures("stopped")
async def test_a_batch_is_bulk_but_for_what_is_urgent_or_said_not_to_be(alice: Any) -> None:
    one = {"to": PHONE, "text": "Hello"}
    batch = [one, {**one, "to": "+4915222222223"}, {**one, "bulk": False}, {**one, "priority": "high"}]
    answer = (await alice.post("/api/v1/messages/batch", json={"messages": batch})).json()
    assert [each.get("problem", {}).get("code") for each in answer["results"]] == [
        "recipient_opted_out",
        None,
        None,
        None,
    ]
    assert answer["results"][0]["problem"]["status"] == 422


@pytest.mark.usefixtures("stopped")
async def test_another_accounts_list_is_its_own(charlie: Any, doors: Any, make: Any) -> None:
    await make.make_number(doors, charlie.caller, phone="+4915133333333")
    assert (await sent(charlie, bulk=True)).status_code == 202
