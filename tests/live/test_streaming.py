"""A stream brings what happens, once and in order, and goes on where the last one ended."""

import asyncio
from typing import Any

import pytest

from messageapi.live.place import LISTING
from messageapi.web.paging import position


async def test_what_happens_comes_at_once_and_in_order(site: Any, happen: Any) -> None:
    stream = await site.listen()
    made = await happen("one", "two")
    await happen("three")
    frames = [await stream.event() for _ in range(3)]
    assert [frame.name for frame in frames] == ["one", "two", "three"]
    assert [frame.id for frame in frames][:2] == made
    assert frames[0].event == frames[0].data["type"] == "number.connected"
    assert frames[0].data["id"] == frames[0].id


async def test_a_stream_that_comes_back_gets_what_it_missed_and_nothing_twice(site: Any, happen: Any) -> None:
    stream = await site.listen()
    await happen("one", "two", "three")
    assert await stream.names(2) == ["one", "two"]
    stream.response.close()
    await happen("four")
    again = await site.listen(stream.last_id)
    await happen("five")
    assert await again.names(3) == ["three", "four", "five"]


async def test_more_than_one_portion_is_caught_up_with(site: Any, happen: Any) -> None:
    (first,) = await happen("first")
    names = [f"{n}" for n in range(450)]
    await happen(*names)
    stream = await site.listen(after=first)
    assert await stream.names(450) == names


async def test_a_stream_without_a_place_begins_now(site: Any, happen: Any) -> None:
    await happen("before")
    stream = await site.listen()
    await happen("after")
    assert await stream.names(1) == ["after"]


async def test_a_stream_that_saw_nothing_goes_on_from_its_hello(site: Any, happen: Any) -> None:
    await happen("before")
    stream = await site.listen()
    stream.response.close()
    await happen("missed")
    again = await site.listen(stream.last_id)
    assert await again.names(1) == ["missed"]


async def test_it_begins_with_the_oldest_when_asked(site: Any, happen: Any) -> None:
    await happen("one", "two")
    stream = await site.listen(after="oldest")
    assert await stream.names(2) == ["one", "two"]


async def test_many_who_listen_all_get_everything(site: Any, happen: Any) -> None:
    streams = [await site.listen() for _ in range(5)]
    names = [f"{n}" for n in range(120)]
    await asyncio.gather(*(happen(name) for name in names))
    got = await asyncio.gather(*(stream.names(120) for stream in streams))
    assert all(each == got[0] for each in got)
    assert sorted(got[0]) == sorted(names)


async def test_only_what_was_asked_for_comes(site: Any, happen: Any, make: Any, alice: Any) -> None:
    number = await make.make_number(site.doors, alice)
    types = await site.listen(types="number.linked, message.*")
    mine = await site.listen(numbers=number, types="number.connected")
    await happen("other number", number="num_other")
    await happen("my number", number=number)
    await happen("no number")
    await happen("linked", kind="number.linked")
    assert await types.names(1) == ["linked"]
    assert await mine.names(2) == ["my number", "no number"]
    missed = await site.listen(after="oldest", numbers=number, types="number.connected")
    assert await missed.names(2) == ["my number", "no number"]


async def test_another_accounts_events_never_come(site: Any, happen: Any, charlie: Any) -> None:
    stream = await site.listen(after="oldest")
    (theirs,) = await happen("charlie's", owner=charlie)
    await happen("alice's")
    assert await stream.names(1) == ["alice's"]
    status, problem = await site.get(after=theirs)
    assert (status, problem["code"]) == (400, "cursor_invalid")


async def test_events_written_by_another_process_come_without_a_bell(
    site: Any, happen: Any, another_process: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messageapi.live.tails.POLL_S", 0.05)
    stream = await site.listen()
    await happen("from elsewhere", by=another_process)
    assert await stream.names(1) == ["from elsewhere"]


async def test_a_quiet_stream_is_kept_open_and_its_place_kept_fresh(
    site: Any, happen: Any, alice: Any, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    sealer = await site.doors.keyring.sealer(alice.account_id)

    def place() -> tuple[int, int]:
        """Behind which event, and when that was said."""
        seq, _, at = position(sealer, LISTING, stream.last_id).partition(":")
        return int(seq), int(at)

    monkeypatch.setattr("messageapi.live.stream.HEARTBEAT_S", 0.05)
    stream = await site.listen(types="number.banned")
    begin, _ = place()
    await happen("not wanted")
    clock.forward(71 * 3_600_000)
    while place()[0] == begin or place()[1] < clock():  # it was not looked at yet, or this was said before
        assert (await stream.frame()).data is None
    clock.forward(71 * 3_600_000)
    again = await site.listen(stream.last_id)
    await happen("new")
    assert await again.names(1) == ["new"]
