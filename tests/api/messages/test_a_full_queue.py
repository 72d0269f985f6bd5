"""So many messages of an account may wait and no more: what is refused was certainly not taken."""

from typing import Any

import msgspec
import pytest

PATH = "/api/v1/messages"
HELLO = {"to": "+12025550123", "text": "Hello"}
LATER = {**HELLO, "sendAt": "2026-11-25T00:00:00Z"}
MOST = 4

pytestmark = pytest.mark.usefixtures("number")


@pytest.fixture
def settings(settings: Any) -> Any:
    return msgspec.structs.replace(settings, waiting_messages=MOST)


async def filled(alice: Any) -> list[str]:
    """With as many as may wait, one of them scheduled."""
    return [(await alice.post(PATH, json=each)).json()["id"] for each in (HELLO, HELLO, HELLO, LATER)]


async def listed(alice: Any) -> int:
    return len((await alice.get(PATH)).json()["items"])


@pytest.mark.parametrize("one_more", [HELLO, LATER])
async def test_one_more_than_may_wait_is_refused_and_not_taken(alice: Any, one_more: dict[str, str]) -> None:
    await filled(alice)
    refused = await alice.post(PATH, json=one_more)
    assert (refused.status_code, refused.json()["code"]) == (429, "queue_full")
    assert refused.headers["retry-after"] == "60"
    assert await listed(alice) == MOST


async def test_the_simple_call_says_so_in_its_own_shape(alice: Any) -> None:
    await filled(alice)
    refused = await alice.post("/api/v1/send", json={"recipient": "+12025550123", "text": "Hello"})
    assert (refused.status_code, refused.json()["success"]) == (429, False)
    assert await listed(alice) == MOST


async def test_a_batch_fits_whole_or_is_refused_whole(alice: Any) -> None:
    refused = await alice.post(f"{PATH}/batch", json={"messages": [HELLO] * (MOST + 1)})
    assert (refused.status_code, refused.json()["code"]) == (429, "queue_full")
    assert await listed(alice) == 0
    assert (await alice.post(f"{PATH}/batch", json={"messages": [HELLO] * MOST})).json()["accepted"] == MOST
    assert (await alice.post(PATH, json=HELLO)).status_code == 429


async def test_what_does_not_fit_takes_no_room_from_what_does(alice: Any) -> None:
    await alice.post(PATH, json=HELLO)
    assert (await alice.post(f"{PATH}/batch", json={"messages": [HELLO] * MOST})).status_code == 429
    for _ in range(MOST - 1):
        assert (await alice.post(PATH, json=HELLO)).status_code == 202
    assert (await alice.post(PATH, json=HELLO)).status_code == 429


async def test_a_canceled_message_makes_room(alice: Any, clock: Any) -> None:
    *_, last = await filled(alice)
    assert (await alice.post(PATH, json=HELLO)).status_code == 429
    assert (await alice.post(f"{PATH}/{last}/cancel")).status_code == 200
    clock.forward(1_000)
    assert (await alice.post(PATH, json=HELLO)).status_code == 202
    assert (await alice.post(PATH, json=HELLO)).status_code == 429


async def test_a_repeated_request_gets_its_first_answer_though_the_queue_is_full(alice: Any) -> None:
    first = await alice.post(PATH, json=HELLO, headers={"Idempotency-Key": "one"})
    for _ in range(MOST - 1):
        await alice.post(PATH, json=HELLO)
    assert (await alice.post(PATH, json=HELLO)).status_code == 429
    again = await alice.post(PATH, json=HELLO, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.content) == (202, first.content)


async def test_another_account_has_room_of_its_own(alice: Any, charlie: Any, doors: Any, make: Any) -> None:
    await filled(alice)
    assert (await alice.post(PATH, json=HELLO)).status_code == 429
    await make.make_number(doors, charlie.caller)
    assert (await charlie.post(PATH, json=HELLO)).status_code == 202
