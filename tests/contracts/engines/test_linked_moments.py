"""Presence and calls with the real client: what is watched is told, and a call that rings is turned away."""

import asyncio
from typing import Any

from messageapi.engines.port import (
    CallEnded,
    CallOffered,
    Done,
    PresenceSeen,
    RejectCall,
    SetOnline,
    ShowTyping,
    WatchPresence,
)

DEADLINE_S = 30


async def ask(linked: Any, kind: Any, *arguments: object) -> None:
    assert await linked.worker.tell("h1", kind(linked.spec.number_id, 1, *arguments)) == Done()


async def noticed(linked: Any, kind: str, state: str, after: int = 0) -> Any:
    """By the other side's phone, behind number `after`."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            page = await linked.control.notices(linked.other, after, 5)
            for notice in page.notices:
                if (notice.kind, notice.state) == (kind, state):
                    return notice
            after = page.next


async def present(linked: Any, *, on: bool) -> None:
    """As its own network sees the number's device. A device that was just linked waits for its name first."""
    async with asyncio.timeout(DEADLINE_S):
        while (await linked.control.phone(linked.phone)).devices[0].present is not on:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0.02)


async def seen(linked: Any, state: str) -> PresenceSeen:
    await linked.worker.until(lambda: any(each.state == state for each in linked.worker.of(PresenceSeen)))
    found: PresenceSeen = next(each for each in linked.worker.of(PresenceSeen) if each.state == state)
    return found


async def test_a_person_who_is_watched_is_seen_to_come_type_and_go(linked: Any) -> None:
    await linked.open()
    lid = (await linked.control.phone(linked.other)).lid
    await ask(linked, SetOnline, True)
    await ask(linked, WatchPresence, linked.person)
    await seen(linked, "online")
    for said, state in (("composing", "typing"), ("recording", "recording"), ("paused", "paused")):
        await linked.control.typing(linked.other, linked.phone, said)
        told = await seen(linked, state)
        assert (told.phone, told.lid, told.chat) == (linked.other, lid, lid)
    await linked.control.change(linked.other, online=False)
    gone = await seen(linked, "offline")
    assert gone.last_seen is not None
    assert (gone.phone, gone.lid) == (linked.other, lid)


async def test_who_is_not_watched_any_more_is_not_told_of(linked: Any) -> None:
    await linked.open()
    await ask(linked, WatchPresence, linked.person)
    await seen(linked, "online")
    await ask(linked, WatchPresence, linked.person, False)
    told = len(linked.worker.of(PresenceSeen))

    await linked.control.typing(linked.other, linked.phone, "composing")
    await linked.says("after it")

    await linked.worker.until(lambda: any(getattr(each, "text", None) == "after it" for each in linked.worker.events))
    assert len(linked.worker.of(PresenceSeen)) == told


async def test_a_number_that_is_online_stays_so_when_it_has_typed(linked: Any) -> None:
    await linked.open()
    await ask(linked, SetOnline, True)
    await present(linked, on=True)
    before = (await linked.control.notices(linked.phone)).next
    await ask(linked, ShowTyping, linked.person, "typing", True)
    await ask(linked, ShowTyping, linked.person, "typing", False)
    await ask(linked, SetOnline, False)
    await present(linked, on=False)
    noted = (await linked.control.notices(linked.phone, before)).notices
    assert [each.state for each in noted if each.kind == "presence"] == ["available", "unavailable"]


async def test_a_call_is_told_once_and_turned_away(linked: Any) -> None:
    await linked.open()
    lid = (await linked.control.phone(linked.other)).lid
    for video in (False, True):
        call_id = await linked.control.call(linked.other, linked.phone, video=video)
        await linked.worker.until(lambda: any(e.call_id == call_id for e in linked.worker.of(CallOffered)))  # noqa: B023
        (call,) = [each for each in linked.worker.of(CallOffered) if each.call_id == call_id]
        assert (call.phone, call.lid, call.video, call.group) == (linked.other, lid, video, False)
        assert not call.late
        before = (await linked.control.notices(linked.other)).next
        await ask(linked, RejectCall, call.caller, call_id)
        refused = await noticed(linked, "call", "reject", before)
        assert (refused.from_, refused.ids) == (linked.phone, [call_id])


async def test_a_call_that_is_given_up_is_told(linked: Any) -> None:
    await linked.open()
    call_id = await linked.control.call(linked.other, linked.phone)
    await linked.worker.first(CallOffered)
    await linked.control.hang_up(linked.other, call_id)
    ended = await linked.worker.first(CallEnded)
    assert (ended.call_id, ended.phone, ended.reason) == (call_id, linked.other, "timeout")


async def test_a_call_that_rang_while_the_number_was_away_is_late(linked: Any) -> None:
    await linked.open()
    linked.end("h1")
    await linked.control.call(linked.other, linked.phone)
    await linked.host("h1")
    await linked.open()
    call = await linked.worker.first(CallOffered)
    assert call.late
