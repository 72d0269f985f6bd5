"""What a host does in chats beside sending: typing, read marks, looking people up."""

from typing import Any

import pytest

from messageapi.engines.port import Done, Found, LookedUp, LookUp, MarkRead, Refused, SessionSpec, ShowTyping
from messageapi.engines.scripted import ScriptedEngine, ScriptedSession


async def test_typing_is_shown_and_ends(session: ScriptedSession, worker: Any) -> None:
    assert await worker.tell("h1", ShowTyping("num_1", 1, "7@lid", "recording")) == Done()
    assert await worker.tell("h1", ShowTyping("num_1", 1, "7@lid", on=False)) == Done()
    assert session.shown == [("7@lid", "recording", True), ("7@lid", "typing", False)]


async def test_messages_are_marked_as_read(session: ScriptedSession, worker: Any) -> None:
    assert await worker.tell("h1", MarkRead("num_1", 1, "9@g.us", "7@lid", ["A", "B"])) == Done()
    assert session.read == [("9@g.us", "7@lid", ["A", "B"])]


async def test_people_are_looked_up_in_the_order_asked(
    session: ScriptedSession, engine: ScriptedEngine, worker: Any
) -> None:
    nine, eight, nobody = "+5511987654321", "+551187654321", "+4915100000009"
    known = Found(nine, "551187654321@s.whatsapp.net", "5@lid", on_whatsapp=True)
    engine.people[nine] = known
    engine.strangers.add(nobody)
    answer = await worker.tell("h1", LookUp("num_1", 1, [nobody, nine, eight]))
    found = Found(eight, "551187654321@s.whatsapp.net", on_whatsapp=True)
    assert answer == LookedUp([Found(nobody), known, found])


ALL = [
    ShowTyping("num_1", 1, "7@lid"),
    MarkRead("num_1", 1, "7@lid", "7@lid", ["A"]),
    LookUp("num_1", 1, ["+4915100000009"]),
]


@pytest.mark.parametrize("command", ALL)
async def test_without_a_connection_nothing_is_done_in_chats(
    session: ScriptedSession, worker: Any, command: Any
) -> None:
    session.drop()
    answer = await worker.tell("h1", command)
    assert isinstance(answer, Refused)
    assert answer.code == "not_connected"


@pytest.mark.parametrize("command", ALL)
async def test_another_epoch_has_no_say_in_chats(
    session: ScriptedSession, worker: Any, spec: SessionSpec, command: Any
) -> None:
    answer = await worker.tell("h1", type(command)("num_1", 2, *_rest(command)))
    assert isinstance(answer, Refused)
    assert answer.code == "stale_epoch"


def _rest(command: Any) -> list[Any]:
    return [getattr(command, name) for name in command.__struct_fields__[2:]]
