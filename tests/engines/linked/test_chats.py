"""Who has a number, from what the library answers; and what typing looks like on the wire."""

import threading
from typing import Any

import pytest

from messageapi.engines.linked import addresses, chats
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.port import EngineError, Found, SendJob
from messageapi.vocab.content import Content, Letter, Media, Text, Voice

FILE = Media(name="f", key=b"", sha256=b"", size=1, mime="audio/ogg")
CHAT = addresses.to_bytes("7@lid")


def jid(text: str) -> Any:
    return wire.JID.FromString(addresses.to_bytes(text))


class Library:
    """In place of a client."""

    def __init__(self) -> None:
        self.people: list[Any] = []
        self.problem = ""
        self.others: dict[str, str] = {}
        self.said: list[object] = []
        self.hanging: threading.Event | None = None

    def on_whatsapp(self, _phones: str) -> bytes:
        answer = wire.IsOnWhatsAppReturnFunction(IsOnWhatsAppResponse=self.people, Error=self.problem)
        data: bytes = answer.SerializePartialToString()
        return data

    def phone_of(self, address: bytes) -> bytes:
        known = self.others.get(addresses.bare(wire.JID.FromString(address)))
        answer = wire.GetJIDFromStoreReturnFunction(Jid=jid(known) if known else None)
        data: bytes = answer.SerializePartialToString()
        return data

    lid_of = phone_of

    def presence(self, state: str) -> str:
        self.said.append(state)
        return "can't send presence without PushName set"

    def chat_presence(self, _chat: bytes, state: int, media: int) -> str:
        self.said.append((state, media))
        if self.hanging:
            self.hanging.wait()
        return self.problem


@pytest.fixture
def library() -> Any:
    return Library()


def person(query: str, address: str, *, there: bool = True) -> Any:
    return wire.IsOnWhatsAppResponse(Query=query, JID=jid(address), IsIn=there)


async def test_a_person_is_known_by_both_addresses(library: Any) -> None:
    library.people = [person("+491511", "7@lid")]
    library.others = {"7@lid": "491511@s.whatsapp.net"}
    [found] = await chats.look_up(library, ["+491511"])
    assert found == Found("+491511", "491511@s.whatsapp.net", "7@lid", on_whatsapp=True)


async def test_the_number_whatsapp_knows_may_have_other_digits(library: Any) -> None:
    """Brazil's ninth digit."""
    lid, number = "9@lid", "551187654321@s.whatsapp.net"
    library.others = {number: lid, lid: number}
    for known_by in (lid, number):
        library.people = [person("+5511987654321@c.us", known_by)]
        [found] = await chats.look_up(library, ["+5511987654321"])
        assert found == Found("+5511987654321", "551187654321@s.whatsapp.net", "9@lid", on_whatsapp=True)


async def test_who_is_not_on_whatsapp_is_answered_as_such_and_in_order(library: Any) -> None:
    library.people = [person("+492", "8@lid"), person("+491", "491@s.whatsapp.net", there=False)]
    first, second, third = await chats.look_up(library, ["+491", "+492", "+493"])
    assert (first, third) == (Found("+491"), Found("+493"))
    assert (second.jid, second.lid, second.on_whatsapp) == ("492@s.whatsapp.net", "8@lid", True)


async def test_an_empty_answer_means_nobody(library: Any) -> None:
    library.problem = "Function returned nothing."
    assert await chats.look_up(library, ["+491"]) == [Found("+491")]


async def test_no_answer_is_not_the_same_as_nobody(library: Any) -> None:
    library.problem = "info query timed out"
    with pytest.raises(EngineError) as problem:
        await chats.look_up(library, ["+491"])
    assert (problem.value.code, problem.value.permanent) == ("no_answer", False)


async def test_typing_that_cannot_be_shown_is_told(library: Any) -> None:
    library.problem = "websocket not connected"
    with pytest.raises(EngineError) as problem:
        await chats.show_typing(library, "7@lid", "typing", on=True)
    assert problem.value.code == "not_connected"


async def test_what_is_no_address_is_told_before_anything_is_asked(library: Any) -> None:
    with pytest.raises(EngineError) as problem:
        await chats.show_typing(library, "nonsense", "typing", on=True)
    assert problem.value.code == "bad_recipient"
    assert library.said == []


def job(content: Content, ms: int) -> SendJob:
    return SendJob("m", 1, "7@lid", Letter(content=content, typing_ms=ms))


@pytest.mark.parametrize(("content", "media"), [(Text("hi"), 0), (Voice(media=FILE), 1)])
def test_somebody_types_or_records_and_stops(library: Any, content: Content, media: int) -> None:
    assert chats.seem_human(library, job(content, 1), threading.Event())
    assert library.said == ["available", (0, media), (1, media), "unavailable"]


def test_a_session_that_closes_does_not_go_on_typing(library: Any) -> None:
    closing = threading.Event()
    closing.set()
    assert not chats.seem_human(library, job(Text("hi"), 600_000), closing)


def test_typing_that_hangs_does_not_hold_a_message(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chats, "CALL_S", 0.05)
    library.hanging = threading.Event()
    assert chats.seem_human(library, job(Text("hi"), 1), threading.Event())
    library.hanging.set()
