"""What a host does with groups, presence and calls, on the scripted engine."""

from typing import Any

import pytest

from messageapi.engines.port import (
    ChangeGroup,
    ChangeMembers,
    CreateGroup,
    Done,
    EngineError,
    GetInvite,
    GroupPage,
    GroupShown,
    Invite,
    JoinGroup,
    LeaveGroup,
    ListGroups,
    MembersChanged,
    ReadGroup,
    Refused,
    RejectCall,
    SetOnline,
    WatchPresence,
)
from messageapi.engines.scripted import ScriptedEngine, ScriptedSession

GROUP = "120363000000000001@g.us"


async def test_a_group_lives(session: ScriptedSession, worker: Any) -> None:
    async def tell(kind: Any, *arguments: object, **named: object) -> Any:
        return await worker.tell("h1", kind("num_1", 1, *arguments, **named))

    made = await tell(CreateGroup, "Shop", ["7@lid"])
    assert isinstance(made, GroupShown)
    assert (made.group.id, made.group.size) == (GROUP, 2)
    assert isinstance(await tell(ChangeMembers, GROUP, "promote", ["7@lid"]), MembersChanged)
    assert await tell(ChangeGroup, GROUP, subject="Kiosk") == Done()
    shown = await tell(ReadGroup, GROUP)
    assert (shown.group.subject, [each.role for each in shown.group.members]) == ("Kiosk", ["owner", "admin"])
    assert isinstance(await tell(ListGroups), GroupPage)
    invite = await tell(GetInvite, GROUP)
    assert isinstance(invite, Invite)
    assert isinstance(await tell(JoinGroup, invite.link.rpartition("/")[2]), GroupShown)
    assert await tell(LeaveGroup, GROUP) == Done()
    assert await tell(ListGroups) == GroupPage([])


async def test_a_refusal_of_the_engine_is_the_answer(
    session: ScriptedSession, engine: ScriptedEngine, worker: Any
) -> None:
    engine.groups.refuses = EngineError("group_not_permitted", "Only an admin may do this.", permanent=True)
    assert await worker.tell("h1", ReadGroup("num_1", 1, GROUP)) == Refused(
        "group_not_permitted", "Only an admin may do this."
    )


async def test_presence_and_calls_reach_the_session(session: ScriptedSession, worker: Any) -> None:
    assert await worker.tell("h1", SetOnline("num_1", 1, True)) == Done()
    assert await worker.tell("h1", WatchPresence("num_1", 1, "7@lid")) == Done()
    assert await worker.tell("h1", RejectCall("num_1", 1, "7@lid", "CALL")) == Done()
    assert (session.online, session.watched, session.rejected) == ([True], [("7@lid", True)], [("7@lid", "CALL")])


ALL = [
    SetOnline("num_1", 1, True),
    WatchPresence("num_1", 1, "7@lid"),
    RejectCall("num_1", 1, "7@lid", "CALL"),
    ListGroups("num_1", 1),
    CreateGroup("num_1", 1, "Shop", []),
]


@pytest.mark.parametrize("command", ALL)
async def test_without_a_connection_nothing_of_it_is_done(session: ScriptedSession, worker: Any, command: Any) -> None:
    session.drop()
    answer = await worker.tell("h1", command)
    assert isinstance(answer, Refused)
    assert answer.code == "not_connected"
