"""Reading and listing: newest first, in pages, filtered, and nothing of anybody else."""

import time
from typing import Any

import pytest

PATH = "/api/v1/messages"


@pytest.fixture
async def seven(doors: Any, make: Any, alice: Any, number: Any, clock: Any) -> Any:
    """Ids of seven messages, the oldest first, a minute apart."""
    ids = []
    for place in range(7):
        ids.append(await make.make_message(doors, alice.caller, to=f"+1202555010{place}"))
        clock.forward(60_000)
    return ids


async def listed(person: Any, **query: Any) -> Any:
    answer = await person.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return [message["id"] for message in answer.json()["items"]]


async def test_the_newest_message_comes_first(alice: Any, seven: Any) -> None:
    assert await listed(alice) == seven[::-1]
    assert await listed(alice, order="asc") == seven


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_pages_show_every_message_once(alice: Any, seven: Any, order: Any) -> None:
    seen, cursor = [], None
    while True:
        query = {"limit": 3, "order": order} | ({"cursor": cursor} if cursor else {})
        page = (await alice.get(PATH, params=query)).json()
        seen += [message["id"] for message in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == (seven if order == "asc" else seven[::-1])


async def test_a_page_does_not_shift_when_messages_come(alice: Any, doors: Any, make: Any, seven: Any) -> None:
    first = (await alice.get(PATH, params={"limit": 3})).json()
    await make.make_message(doors, alice.caller)
    second = (await alice.get(PATH, params={"limit": 3, "cursor": first["nextCursor"]})).json()
    assert [message["id"] for message in second["items"]] == seven[::-1][3:6]


async def test_messages_are_found_by_recipient_number_status_type_and_direction(
    alice: Any, doors: Any, make: Any, number: Any, seven: Any
) -> None:
    assert await listed(alice, recipient="+1 (202) 555-0103") == [seven[3]]
    assert len(await listed(alice, number=number)) == 7
    assert await listed(alice, number="num_other") == []
    await make.make_status(doors, seven[2], status="sent")
    assert await listed(alice, status="sent") == [seven[2]]
    assert len(await listed(alice, status="accepted", type="text", direction="outbound")) == 6
    assert await listed(alice, direction="inbound") == []


async def test_messages_are_found_by_time(alice: Any, seven: Any) -> None:
    times = {"since": "2026-11-22T12:02:00Z", "until": "2026-11-22T12:04:00Z"}
    assert await listed(alice, order="asc", **times) == seven[2:4]
    assert await listed(alice, since="0001-01-01T00:00:00", until="9999-12-31T23:59:59") == seven[::-1]


async def test_a_time_without_an_offset_is_utc_wherever_the_server_stands(
    alice: Any, seven: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert await listed(alice, order="asc", since="2026-11-22T12:02:00", until="2026-11-22T12:04:00") == seven[2:4]
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "query",
    [{"status": "lost"}, {"order": "up"}, {"limit": 0}, {"limit": 1_000}, {"since": "noon"}, {"recipient": "Dana"}],
)
async def test_a_filter_that_makes_no_sense_is_refused(alice: Any, query: Any) -> None:
    assert (await alice.get(PATH, params=query)).status_code == 422


async def test_a_message_shows_what_happened_and_when(alice: Any, seven: Any) -> None:
    message = (await alice.get(f"{PATH}/{seven[0]}")).json()
    assert message["timeline"] == [{"status": "accepted", "at": "2026-11-22T12:00:00.000Z"}]


async def test_a_failed_message_says_why(alice: Any, doors: Any, make: Any, seven: Any) -> None:
    await make.make_status(doors, seven[0], status="failed", error=("not_on_whatsapp", "Nobody there."))
    message = (await alice.get(f"{PATH}/{seven[0]}")).json()
    assert message["error"] == {"code": "not_on_whatsapp", "detail": "Nobody there."}


async def test_the_text_of_a_sent_message_is_never_shown(alice: Any, seven: Any) -> None:
    assert (await alice.get(f"{PATH}/{seven[0]}")).json()["text"] is None


@pytest.mark.parametrize("message_id", ["nothing", "00000000-0000-7000-8000-000000000000", "%00", "a" * 500])
async def test_an_unknown_message_is_not_found(alice: Any, message_id: Any) -> None:
    assert (await alice.get(f"{PATH}/{message_id}")).status_code in (400, 404)


async def test_charlie_sees_and_cancels_nothing_of_alice(charlie: Any, alice: Any, seven: Any) -> None:
    assert await listed(charlie) == []
    assert (await charlie.get(f"{PATH}/{seven[0]}")).status_code == 404
    assert (await charlie.post(f"{PATH}/{seven[0]}/cancel")).status_code == 404
    assert (await alice.get(f"{PATH}/{seven[0]}")).json()["status"] == "accepted"


async def test_a_cursor_of_alice_is_nothing_to_charlie(charlie: Any, alice: Any, seven: Any) -> None:
    cursor = (await alice.get(PATH, params={"limit": 3})).json()["nextCursor"]
    answer = await charlie.get(PATH, params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


async def test_bob_may_read_what_alice_sent(bob: Any, seven: Any) -> None:
    assert len(await listed(bob)) == 7
