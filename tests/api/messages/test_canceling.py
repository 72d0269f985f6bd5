"""A message can be canceled while it waits, and only then."""

from typing import Any

import pytest

from messageapi.store.tables import bodies

PATH = "/api/v1/messages"


@pytest.fixture
async def message_id(doors: Any, make: Any, alice: Any) -> Any:
    await make.make_number(doors, alice.caller)
    return await make.make_message(doors, alice.caller)


async def test_a_waiting_message_is_canceled_and_its_body_destroyed(alice: Any, doors: Any, message_id: Any) -> None:
    answer = await alice.post(f"{PATH}/{message_id}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "canceled")
    assert [moment["status"] for moment in answer.json()["timeline"]] == ["accepted", "canceled"]
    async with doors.db.reading() as tx:
        assert await tx.rows(bodies.select()) == []


@pytest.mark.parametrize("status", ["sending", "sent", "delivered", "read", "failed", "unconfirmed"])
async def test_a_message_that_does_not_wait_any_more_is_not_canceled(
    alice: Any, doors: Any, make: Any, message_id: Any, status: Any
) -> None:
    await make.make_status(doors, message_id, status=status)
    answer = await alice.post(f"{PATH}/{message_id}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "message_not_cancelable")
    assert (await alice.get(f"{PATH}/{message_id}")).json()["status"] == status


async def test_canceling_twice_is_refused_the_second_time(alice: Any, message_id: Any) -> None:
    assert (await alice.post(f"{PATH}/{message_id}/cancel")).status_code == 200
    assert (await alice.post(f"{PATH}/{message_id}/cancel")).status_code == 409


async def test_an_unknown_message_is_not_found(alice: Any, message_id: Any) -> None:
    assert (await alice.post(f"{PATH}/nothing/cancel")).status_code == 404


async def test_who_may_only_read_cancels_nothing(bob: Any, message_id: Any) -> None:
    assert (await bob.post(f"{PATH}/{message_id}/cancel")).status_code == 403
