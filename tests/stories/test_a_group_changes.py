"""What others do in a group becomes events, once each."""

from typing import Any

import pytest

from messageapi.engines.port import Group, GroupChanged, GroupEntered, Somebody

ANNA, BEN = Somebody("+4915123456789", "7@lid"), Somebody("", "8@lid")
GROUP = "120363041234567890@g.us"
AT = 1_790_000_000_000


@pytest.fixture
def reported(worker: Any, story: Any) -> Any:
    async def report(*events: Any) -> list[dict[str, Any]]:
        story.host.report(story.number, *events)
        journal = story.host.journals[story.number]
        await story.eventually(lambda: journal.taken == len(journal.events))
        return [each for each in await story.told() if each["type"].startswith("group.")]

    return report


async def test_what_changed_is_told_and_the_rest_left_out(reported: Any, story: Any) -> None:
    changed = GroupChanged(GROUP, ANNA, AT, subject="Kiosk", only_admins_send=False, joined=[BEN], reason="invite")

    (event,) = await reported(changed)

    assert (event["type"], event["number"]) == ("group.updated", story.number)
    assert event["data"] == {
        "group": GROUP,
        "at": "2026-09-21T14:13:20.000Z",
        "by": {"phone": "+4915123456789", "lid": "7@lid"},
        "subject": "Kiosk",
        "onlyAdminsSend": False,
        "joined": [{"phone": None, "lid": "8@lid"}],
        "reason": "invite",
        "own": False,
    }


async def test_a_group_the_number_came_into_is_told(reported: Any) -> None:
    group = Group(GROUP, "Regulars", "", ANNA, AT, 3, "member", False, False, 0)

    (event,) = await reported(GroupEntered(group, ANNA, AT, "invite"))

    assert event["type"] == "group.joined"
    shown = {name: event["data"][name] for name in ("group", "subject", "size", "role", "reason")}
    assert shown == {"group": GROUP, "subject": "Regulars", "size": 3, "role": "member", "reason": "invite"}


async def test_events_of_a_group_keep_their_order(reported: Any) -> None:
    told = await reported(*(GroupChanged(GROUP, ANNA, AT + n, subject=f"Name {n}") for n in range(20)))
    assert [each["data"]["subject"] for each in told] == [f"Name {n}" for n in range(20)]
