"""Where one may begin, and what is said about places that are no more, or never were."""

import asyncio
from typing import Any

import pytest

from messageapi.keys.create import create_key

HOURS = 3_600_000


async def test_a_place_that_is_too_old_is_refused_to_who_asks(site: Any, happen: Any, clock: Any) -> None:
    (event_id,) = await happen("old")
    _, answer = await site.get()
    clock.forward(73 * HOURS)
    for place in (event_id, answer["next"]):
        status, problem = await site.get(after=place)
        assert (status, problem["code"]) == (410, "events_gone")
        assert "oldest" in problem["detail"]


async def test_a_stream_from_a_place_that_is_too_old_says_so_and_brings_what_there_is(
    site: Any, happen: Any, clock: Any
) -> None:
    (event_id,) = await happen("old")
    clock.forward(73 * HOURS)
    await happen("kept")
    stream = await site.listen(event_id)
    assert stream.hello.event == "events_gone"
    assert (await stream.names(2))[-1] == "kept"


async def test_an_id_that_is_deleted_already_is_known_by_its_age(site: Any, clock: Any) -> None:
    status, problem = await site.get(after="evt_01jd9y5bz0aaaaaaaaaaaaaaaa")
    assert (status, problem["code"]) == (410, "events_gone")


@pytest.mark.parametrize("place", ["nowhere", "evt_nobody", "evt_7zzzzzzzzzzzzzzzzzzzzzzzzz", "cursor-of-nobody"])
async def test_a_place_of_nobody_is_refused(site: Any, place: str) -> None:
    status, problem = await site.get(after=place)
    assert (status, problem["code"]) == (400, "cursor_invalid")


async def test_a_cursor_of_another_account_is_refused(site: Any, charlie: Any) -> None:
    key = await create_key(site.doors, charlie, name="his", scopes=("messages:read",))
    _, answer = await site.get(key=key.key)
    status, problem = await site.get(after=answer["next"])
    assert (status, problem["code"]) == (400, "cursor_invalid")


async def test_asking_again_and_again_brings_everything_once(site: Any, happen: Any) -> None:
    _, answer = await site.get()
    assert answer["items"] == []
    names = [f"{n}" for n in range(25)]
    await happen(*names[:20])
    got: list[str] = []
    for _ in range(4):
        status, answer = await site.get(after=answer["next"], limit="7")
        assert status == 200
        got += [item["data"]["name"] for item in answer["items"]]
    await happen(*names[20:])
    status, answer = await site.get(after=answer["next"])
    assert got + [item["data"]["name"] for item in answer["items"]] == names
    assert answer["items"][0].keys() == {"id", "type", "createdAt", "account", "number", "data"}


async def test_a_request_that_waits_is_answered_by_the_first_event_it_wants(
    site: Any, happen: Any, eventually: Any
) -> None:
    _, now = await site.get()
    waiting = asyncio.create_task(site.get(after=now["next"], wait="30", types="number.banned"))
    await eventually(lambda: site.streams.seats.open)
    await happen("not wanted")
    await happen("wanted", kind="number.banned")
    async with asyncio.timeout(20):
        _, answer = await waiting
    assert [item["data"]["name"] for item in answer["items"]] == ["wanted"]
    _, more = await site.get(after=answer["next"])
    assert more["items"] == []


async def test_a_waiting_request_loses_nothing_when_more_comes_at_once_than_is_kept_for_it(
    site: Any, happen: Any, eventually: Any
) -> None:
    _, now = await site.get()
    waiting = asyncio.create_task(site.get(after=now["next"], wait="30"))
    await eventually(lambda: site.streams.seats.open)
    names = [f"{n} {'x' * 400_000}" for n in range(4)]
    await happen(*names)
    async with asyncio.timeout(20):
        _, answer = await waiting
    got = answer["items"]
    _, more = await site.get(after=answer["next"])
    assert [item["data"]["name"] for item in [*got, *more["items"]]] == names


async def test_a_request_whose_wait_is_over_has_its_place_moved_past_what_it_did_not_want(
    site: Any, happen: Any, eventually: Any
) -> None:
    waiting = asyncio.create_task(site.get(wait="3", types="number.banned"))
    await eventually(lambda: site.streams.seats.open)
    await happen("not wanted")
    assert not waiting.done()
    _, answer = await waiting
    assert answer["items"] == []
    _, after = await site.get(after=answer["next"])
    assert after["items"] == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"types": "message.recieved"}, 422, "event_type_unknown"),
        ({"types": "nothing.*"}, 422, "event_type_unknown"),
        ({"numbers": "num_nobody"}, 422, "event_number_unknown"),
        ({"wait": "31"}, 422, "parameter_invalid"),
        ({"wait": "-1"}, 422, "parameter_invalid"),
        ({"limit": "0"}, 422, "parameter_invalid"),
        ({"types": "ä"}, 422, "parameter_invalid"),
        ({"since": "now"}, 400, "unknown_parameter"),
    ],
)
async def test_what_cannot_be_meant_is_refused(site: Any, query: dict[str, str], status: int, code: str) -> None:
    answered, problem = await site.get(**query)
    assert (answered, problem["code"]) == (status, code)


async def test_a_key_hears_only_what_it_may_read(site: Any, happen: Any, alice: Any) -> None:
    key = await create_key(site.doors, alice, name="messages only", scopes=("messages:read",))
    stream = await site.listen(key=key.key)
    await happen("a number's", kind="number.banned")
    _, everything = await site.get(after="oldest", wait="20")
    assert len(everything["items"]) == 1
    _, nothing = await site.get(key=key.key, after="oldest")
    assert nothing["items"] == []
    status, problem = await site.get(key=key.key, types="number.banned")
    assert (status, problem["code"]) == (403, "scope_missing")
    assert "numbers:read" in problem["detail"]
    assert stream.response.status == 200


async def test_events_for_one_endpoint_alone_are_left_out(site: Any) -> None:
    _, before = await site.get(types="webhook.*")
    assert before["items"] == []
    status, _ = await site.get(types="webhook.test")
    assert status == 200


async def test_head_opens_no_stream(site: Any) -> None:
    headers = {"X-API-Key": site.key, "Accept": "text/event-stream"}
    async with asyncio.timeout(20), site.client.head(f"{site.url}/api/v1/events", headers=headers) as answer:
        assert (answer.status, answer.content_type) == (200, "text/event-stream")
    assert site.streams.seats.open == 0


async def test_events_that_commit_late_come_in_their_place(
    site: Any, any_url: str, another_process: Any, happen: Any, eventually: Any
) -> None:
    if any_url.startswith("sqlite"):
        pytest.skip("one writer: numbers are given in the order of commits")
    stream = await site.listen()
    began, gate = asyncio.Event(), asyncio.Event()
    late = asyncio.create_task(happen("late", by=another_process, began=began, before_commit=gate))
    await began.wait()
    seen = site.streams.tails._settling.checked
    await happen("early")
    await eventually(lambda: site.streams.tails._settling.checked != seen)
    _, unsettled = await site.get(after=stream.last_id)
    assert unsettled["items"] == []
    gate.set()
    await late
    await happen("last")
    assert await stream.names(3) == ["late", "early", "last"]


async def test_nothing_is_lost_or_doubled_while_two_processes_write_and_readers_come_and_go(
    site: Any, another_process: Any, happen: Any
) -> None:
    begin = await site.listen()
    names = [f"{n}" for n in range(200)]

    async def read() -> list[str]:
        last, got = begin.last_id, list[str]()
        while len(got) < len(names):
            stream = await site.listen(last)
            got += await stream.names(min(7, len(names) - len(got)))
            last = stream.last_id
            stream.response.close()
        return got

    reading = asyncio.create_task(read())
    writers = [site.doors, another_process]
    await asyncio.gather(*(happen(name, by=writers[n % 2]) for n, name in enumerate(names)))
    assert sorted(await reading) == sorted(names)
