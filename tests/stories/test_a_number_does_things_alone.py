"""What a number does by itself when something comes, as its owner set it; and what is told of calls and presence."""

from typing import Any

import pytest

from messageapi.chats.presence import begin
from messageapi.engines.port import (
    CallEnded,
    CallOffered,
    Connected,
    Inbound,
    MarkRead,
    PresenceSeen,
    RejectCall,
    SetOnline,
    WatchPresence,
)
from messageapi.vocab.content import Letter, Text

ANNA = "4915123456789@s.whatsapp.net"
PHONE, LID = "+4915123456789", "7@lid"
AT = 1_790_000_000_000


@pytest.fixture
def done(story: Any) -> Any:
    """Wait until the host was told so many things."""

    async def wait(count: int) -> list[Any]:
        await story.eventually(lambda: len(story.host.told) >= count)
        return list(story.host.told)

    return wait


def hello(wa_id: str, *, sender: str = ANNA, chat: str = ANNA, **more: Any) -> Inbound:
    given: dict[str, Any] = {"message_type": "text", "letter": Letter(content=Text("Hello")), "at": AT, **more}
    return Inbound(wa_id, chat, sender, PHONE, LID, "Anna", **given)


def call(call_id: str = "CALL", *, late: bool = False) -> CallOffered:
    return CallOffered(call_id, LID, PHONE, LID, video=True, group=False, at=AT, late=late)


def online(at: int = AT) -> PresenceSeen:
    return PresenceSeen(LID, PHONE, LID, "online", at)


async def test_what_comes_is_marked_as_read_where_that_is_wished(story: Any, reported: Any, done: Any) -> None:
    await reported(hello("A0"))
    await story.set_number(story.number, auto_read=True)
    await reported(
        hello("A1"),
        hello("A2"),
        hello("G1", chat="1@g.us"),
        hello("OWN", from_me=True),
        hello("R1", message_type="reaction"),
        hello("R2", message_type="edit"),
        hello("R3", message_type="revoke"),
    )
    assert await done(2) == [
        MarkRead(story.number, 1, ANNA, ANNA, ["A1", "A2"]),
        MarkRead(story.number, 1, "1@g.us", ANNA, ["G1"]),
    ]


async def test_calls_are_turned_away_where_that_is_wished_unless_they_are_over(
    story: Any, reported: Any, done: Any
) -> None:
    await reported(call("BEFORE"))
    await story.set_number(story.number, reject_calls=True)
    await reported(call("LATE", late=True), call("NOW"))
    assert await done(1) == [RejectCall(story.number, 1, LID, "NOW")]


async def test_calls_are_told(story: Any, reported: Any) -> None:
    await reported(call(), CallEnded("CALL", LID, PHONE, LID, "timeout", AT))
    came, over = [each for each in await story.told() if each["type"].startswith("call.")]
    both = {"callId": "CALL", "at": "2026-09-21T14:13:20.000Z", "sender": LID, "phone": PHONE, "lid": LID}
    assert (came["type"], came["data"]) == ("call.received", {**both, "video": True, "group": False, "late": False})
    assert (over["type"], over["data"]) == ("call.ended", {**both, "reason": "timeout"})


async def test_a_number_that_connects_is_online_and_watches_again(story: Any, reported: Any, done: Any) -> None:
    await begin.watch(story.doors, story.alice, story.number, PHONE)
    await story.set_number(story.number, shows_online=True)
    await reported(Connected(AT, "12025550100:1@s.whatsapp.net"))
    watching = WatchPresence(story.number, 1, ANNA)
    assert await done(3) == [watching, SetOnline(story.number, 1, True), watching]


async def test_what_is_seen_of_somebody_is_told_when_it_changes(story: Any, reported: Any) -> None:
    await begin.watch(story.doors, story.alice, story.number, PHONE)
    stranger = PresenceSeen("9@lid", "+4915123456780", "9@lid", "online", AT)
    typing = PresenceSeen(LID, PHONE, LID, "typing", AT, chat=LID)
    gone = PresenceSeen(LID, "", LID, "offline", AT, last_seen=AT)

    await reported(online(), online(), stranger, typing, gone)
    await reported(gone)

    told = [each["data"] for each in await story.told() if each["type"] == "presence.updated"]
    assert [each["state"] for each in told] == ["online", "typing", "offline"]
    assert {(each["phone"], each["lid"]) for each in told} == {(PHONE, LID)}
    assert [each["chat"] for each in told] == [None, LID, None]
    assert [each["lastSeen"] for each in told] == [None, None, "2026-09-21T14:13:20.000Z"]
    (shown,) = await begin.every(story.doors, story.alice, story.number)
    assert (shown.state, shown.lid) == ("offline", LID)


async def test_a_host_that_does_not_answer_holds_nothing_up(story: Any, reported: Any, done: Any) -> None:
    await story.set_number(story.number, auto_read=True)
    story.host.refuses_chats = "no_answer"
    await reported(hello("A1"))
    story.host.refuses_chats = ""
    await reported(hello("A2"))
    assert (await done(1))[-1] == MarkRead(story.number, 1, ANNA, ANNA, ["A2"])
