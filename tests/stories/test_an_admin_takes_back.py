"""In a group an admin may remove what others wrote, and nobody else may: WhatsApp is asked who is one."""

from typing import Any

import pytest

from messageapi.engines.port import Inbound
from messageapi.messages import find
from messageapi.messages.find import Wanted
from messageapi.vocab.content import Letter, Revoke, Target, Text

ANNA, ANNA_PHONE, ANNA_LID = "4915123456789@s.whatsapp.net", "+4915123456789", "7@lid"
EVE, EVE_PHONE, EVE_LID = "4915123456780@s.whatsapp.net", "+4915123456780", "8@lid"
AT = 1_790_000_000_000


@pytest.fixture
async def group(story: Any) -> str:
    """With Anna and Eve in it; its address."""
    made = await story.host.groups.create("Regulars", [ANNA, EVE])
    return str(made.id)


@pytest.fixture
def asked(story: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The groups WhatsApp was asked about."""
    groups: list[str] = []
    read = story.host.groups.read

    async def noted(group: str) -> Any:
        groups.append(group)
        return await read(group)

    monkeypatch.setattr(story.host.groups, "read", noted)
    return groups


@pytest.fixture
def shown(story: Any) -> Any:
    """What is there of Anna's message."""

    async def look() -> Any:
        wanted = Wanted(direction="inbound", oldest_first=True)
        page = await find.page(story.doors, story.alice, wanted, after=None, limit=10)
        return next(message for _, message in page if message.type == "text")

    return look


def wrote(group: str) -> Inbound:
    letter = Letter(content=Text("Buy my coins"))
    return Inbound("A1", group, ANNA_LID, ANNA_PHONE, ANNA_LID, "Anna", "text", letter, AT)


def removed(group: str, wa_id: str = "R1", *, by: str = EVE_LID, phone: str = EVE_PHONE, of: str = ANNA_LID) -> Inbound:
    letter = Letter(content=Revoke(target=Target("A1", of)))
    return Inbound(wa_id, group, by, phone, by, "Eve", "revoke", letter, AT + 1_000)


async def test_what_an_admin_removes_is_gone_and_told(story: Any, reported: Any, group: str, shown: Any) -> None:
    await story.host.groups.change_members(group, "promote", [EVE])
    await reported(wrote(group))
    await reported(removed(group))
    message = await shown()
    assert (message.text, message.revoked_at) == (None, "2026-09-21T14:13:21.000Z")
    event = (await story.told())[-1]
    assert (event["type"], event["data"]["messageId"]) == ("message.revoked", message.id)
    assert (event["data"]["phone"], event["data"]["lid"]) == (EVE_PHONE, EVE_LID)


async def test_who_is_no_admin_removes_nothing_and_is_asked_about_once(
    story: Any, reported: Any, group: str, shown: Any, asked: list[str]
) -> None:
    await reported(wrote(group))
    for attempt in range(3):
        await reported(removed(group, f"R{attempt}"))
    assert ((await shown()).text, (await shown()).revoked_at) == ("Buy my coins", None)
    assert [each["type"] for each in await story.told()] == ["message.received"]
    assert asked == [group]


async def test_an_admin_of_one_group_is_none_in_another(story: Any, reported: Any, group: str, shown: Any) -> None:
    hers = await story.host.groups.create("Hers", [EVE])
    await story.host.groups.change_members(hers.id, "promote", [EVE])
    await reported(wrote(group))
    await reported(removed(hers.id))
    assert (await shown()).text == "Buy my coins"


async def test_of_what_its_writer_takes_back_nobody_is_asked(
    story: Any, reported: Any, group: str, shown: Any, asked: list[str]
) -> None:
    await reported(wrote(group), removed(group, by=ANNA_LID, phone=ANNA_PHONE))
    assert (await shown()).text is None
    assert len([each for each in await story.told() if each["type"] == "message.revoked"]) == 1
    assert asked == []
