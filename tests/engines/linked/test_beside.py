"""The library's events of groups, presence and calls as ours, and its refusals as codes; without the library itself."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from messageapi.engines.linked import addresses
from messageapi.engines.linked.content.writing import Me
from messageapi.engines.linked.groups.commands import group_of
from messageapi.engines.linked.groups.refusals import group_error
from messageapi.engines.linked.heard import events
from messageapi.engines.linked.heard.evidence import Proof
from messageapi.engines.linked.library.native import GoneError
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.linked.session import LinkedSession
from messageapi.engines.port import CallOffered, EngineEvent, Group, GroupChanged, PresenceSeen, Somebody
from messageapi.vocab.clock import now_ms

GROUP, LID, PN = "120363041234567890@g.us", "7@lid", "4915123456789@s.whatsapp.net"
ANNA = Somebody("+4915123456789", LID)
AT = 1_790_000_000


def jid(text: str) -> Any:
    return wire.JID.FromString(addresses.to_bytes(text))


class Library:
    """Knows one person by both addresses, unless it has been stopped."""

    def __init__(self) -> None:
        self.stopped = False
        self.watched: list[bytes] = []

    def _answer(self, text: str) -> bytes:
        if self.stopped:
            raise GoneError
        found: bytes = wire.GetJIDFromStoreReturnFunction(Jid=jid(text)).SerializeToString()
        return found

    def phone_of(self, _: bytes) -> bytes:
        return self._answer(PN)

    def lid_of(self, _: bytes) -> bytes:
        return self._answer(LID)

    def watch(self, person: bytes) -> str:
        self.watched.append(person)
        return ""

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
def told() -> list[Any]:
    return []


@pytest.fixture
def session(library: Any, told: list[Any], tmp_path: Path) -> LinkedSession:
    made = LinkedSession(tmp_path, told.append, Proof(), lambda _: b"")
    made.use(library)
    return made


def changed(**news: Any) -> bytes:
    event = wire.GroupInfoEvent(JID=jid(GROUP), Notify="", Sender=jid(LID), Timestamp=AT, **news)
    event.PrevParticipantsVersionID = event.ParticipantVersionID = ""
    event.JoinReason = news.get("JoinReason", "")
    data: bytes = event.SerializePartialToString()
    return data


def test_a_group_that_changed_names_everybody_by_both_addresses(session: LinkedSession, told: list[Any]) -> None:
    session.take(events.GROUP_CHANGED, changed(Join=[jid(PN)], Promote=[jid(LID)], JoinReason="invite"))
    assert told == [GroupChanged(GROUP, ANNA, AT * 1000, joined=[ANNA], promoted=[ANNA], reason="invite")]


def test_a_subject_that_is_no_utf_8_can_be_handed_over(session: LinkedSession, told: list[Any]) -> None:
    """Whoever is in a group may choose its name: an event no worker could read would hold up all behind it."""
    named = wire.GroupName.FromString(b"\x0a\x04a\xff\xfeb")
    session.take(events.GROUP_CHANGED, changed(Name=named, Topic=wire.GroupTopic.FromString(b"\x0a\x01\xff")))
    (event,) = told
    assert event.subject == "a\ufffd\ufffdb"
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(event), type=EngineEvent) == event


def test_a_group_with_such_a_subject_can_be_listed(library: Any) -> None:
    info = wire.GroupInfo(GroupName=wire.GroupName.FromString(b"\x0a\x01\xff"))
    group = group_of(library, info, Me("", ""))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(group), type=Group).subject == "\ufffd"


def test_a_change_our_port_has_no_words_for_is_passed_over(session: LinkedSession, told: list[Any]) -> None:
    session.take(events.GROUP_CHANGED, changed())
    assert told == []


async def test_what_is_told_while_a_session_closes_is_not_lost(
    session: LinkedSession, library: Library, told: list[Any]
) -> None:
    await session.close()
    session.take(events.GROUP_CHANGED, changed(Leave=[jid(LID)]))
    assert told == [GroupChanged(GROUP, Somebody("", LID), AT * 1000, left=[Somebody("", LID)])]


async def test_only_who_is_watched_is_told_of_under_either_address(session: LinkedSession, told: list[Any]) -> None:
    def seen(who: str) -> bytes:
        data: bytes = wire.Presence(From=jid(who), Unavailable=False, LastSeen=0).SerializePartialToString()
        return data

    session.take(events.PRESENCE, seen(LID))
    await session.watch(PN, on=True)
    session.take(events.PRESENCE, seen("8@lid"))
    assert told == []
    session.take(events.PRESENCE, seen(LID))
    (event,) = told
    assert isinstance(event, PresenceSeen)
    assert (event.person, event.phone, event.lid, event.state) == (LID, ANNA.phone, LID, "online")
    await session.watch(PN, on=False)
    session.take(events.PRESENCE, seen(LID))
    assert len(told) == 1


def test_a_call_that_comes_in_two_forms_is_told_once(session: LinkedSession, told: list[Any]) -> None:
    meta = {"from": jid(LID), "timestamp": now_ms() // 1000, "callCreator": jid(LID), "callID": "C"}
    basic = wire.BasicCallMeta(**meta)
    offer = wire.CallOffer(basicCallMeta=basic, data=wire.Node(Tag="offer", Nodes=[wire.Node(Tag="video")]))
    notice = wire.CallOfferNotice(basicCallMeta=basic, media="audio", type="group")
    session.take(events.CALL_OFFER, offer.SerializePartialToString())
    session.take(events.CALL_NOTICE, notice.SerializePartialToString())
    (call,) = told
    assert isinstance(call, CallOffered)
    assert (call.call_id, call.caller, call.phone, call.video, call.late) == ("C", LID, ANNA.phone, True, False)


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("that group does not exist", "group_not_found"),
        ("you're not participating in that group", "not_in_group"),
        ("info query returned status 403: forbidden", "group_not_permitted"),
        ("info query returned status 406: not-acceptable", "group_not_acceptable"),
        ("info query returned status 429: rate-overlimit", "whatsapp_rate_limited"),
        ("you don't have the permission to get the group's invite link", "group_not_permitted"),
        ("that group invite link has been reset", "invite_gone"),
        ("that group invite link is not valid", "invite_invalid"),
        ("websocket not connected", "not_connected"),
        ("info query timed out", "no_answer"),
    ],
)
def test_each_refusal_has_its_code(sentence: str, code: str) -> None:
    assert group_error(sentence).code == code
