"""Inbound: stored sealed, told once, readable until it expires."""

from typing import Any

import pytest

from messageapi.engines.port import Inbound, Undecryptable
from messageapi.messages import find
from messageapi.messages.find import Wanted
from messageapi.vocab.content import Letter, Text

DANA = "12025550177@s.whatsapp.net"


@pytest.fixture
def hello(story: Any) -> Any:
    def make(wa_id: Any = "A1", text: Any = "Hello", kind: Any = "text", **given: Any) -> Any:
        letter = None if text is None else Letter(content=Text(text))
        values = {"chat": DANA, "sender": DANA, "sender_phone": "+12025550177", "sender_lid": "77@lid", **given}
        return Inbound(
            wa_id=wa_id, push_name="Dana", message_type=kind, letter=letter, at=story.simulator.now_ms(), **values
        )

    return make


@pytest.fixture
def broken(story: Any) -> Any:
    return Undecryptable("A1", DANA, DANA, story.simulator.now_ms())


@pytest.fixture
def received(worker: Any, story: Any) -> Any:
    """Report events, wait until they are taken in, and read what is there."""

    async def report(*events: Any) -> Any:
        story.host.report(story.number, *events)
        await story.eventually(
            lambda: story.host.journals[story.number].taken == len(story.host.journals[story.number].events)
        )
        page = await find.page(
            story.doors, story.alice, Wanted(direction="inbound", oldest_first=True), after=None, limit=10
        )
        return [message for _, message in page]

    return report


async def test_a_message_is_readable_with_both_addresses_of_its_sender(story: Any, received: Any, hello: Any) -> None:
    (message,) = await received(hello())
    assert (message.status, message.type, message.text) == ("received", "text", "Hello")
    assert (message.number, message.phone, message.lid, message.chat) == (story.number, "+12025550177", "77@lid", DANA)
    assert [moment.status for moment in message.timeline] == ["sent", "received"]


async def test_the_event_carries_the_text(story: Any, received: Any, hello: Any) -> None:
    (message,) = await received(hello())
    (event,) = await story.told()
    assert (event["type"], event["data"]["messageId"], event["data"]["text"]) == (
        "message.received",
        message.id,
        "Hello",
    )
    assert event["data"]["pushName"] == "Dana"


async def test_the_same_message_reported_again_is_one_message(story: Any, received: Any, hello: Any) -> None:
    assert len(await received(hello(), hello(), hello(sender="12025550177:3@s.whatsapp.net"))) == 1
    assert len(await story.told()) == 1


async def test_the_same_id_in_another_chat_is_another_message(received: Any, hello: Any) -> None:
    group = "120363000000000001@g.us"
    assert [message.chat for message in await received(hello(), hello(chat=group))] == [DANA, group]


async def test_a_message_that_cannot_be_decrypted_is_told_and_upgraded_when_it_comes(
    story: Any, received: Any, hello: Any, broken: Any
) -> None:
    (stub,) = await received(broken)
    assert (stub.type, stub.text) == ("undecryptable", None)
    (message,) = await received(hello())
    assert (message.id, message.type, message.text, message.lid) == (stub.id, "text", "Hello", "77@lid")
    assert [event["type"] for event in await story.told()] == ["message.undecryptable", "message.received"]


async def test_stub_and_message_in_one_batch_are_one_message(received: Any, hello: Any, broken: Any) -> None:
    assert [message.text for message in await received(broken, hello(), broken)] == ["Hello"]


async def test_an_empty_message_does_not_hide_the_text_with_the_same_id(received: Any, hello: Any) -> None:
    """The first message of a sender in a group comes twice: once with keys alone."""
    assert [message.text for message in await received(hello(text=None, kind="unknown"), hello())] == ["Hello"]


async def test_a_type_not_understood_yet_is_stored_without_text(received: Any, hello: Any) -> None:
    (message,) = await received(hello(text=None, kind="sticker"))
    assert (message.type, message.text) == ("sticker", None)


async def test_what_the_owner_writes_on_the_phone_is_not_received(story: Any, received: Any, hello: Any) -> None:
    assert await received(hello(from_me=True)) == []
    assert await story.told() == []


async def test_a_late_message_says_so(received: Any, hello: Any) -> None:
    (message,) = await received(hello(late=True))
    assert message.late
