"""Groups with the real client: what the number does to them, and what it hears of what others do."""

from typing import Any

import pytest

from messageapi.engines.port import (
    ChangeGroup,
    ChangeMembers,
    CreateGroup,
    Done,
    GetInvite,
    Group,
    GroupChanged,
    GroupEntered,
    GroupPage,
    GroupShown,
    Invite,
    JoinGroup,
    LeaveGroup,
    ListGroups,
    Member,
    MembersChanged,
    ReadGroup,
    Refused,
    Somebody,
)

LINK = "https://chat.whatsapp.com/"


@pytest.fixture
async def who(linked: Any) -> Any:
    """`await who(phone)`: that person by both addresses, with a phone on the network."""

    async def find(phone: str) -> Somebody:
        return Somebody(phone, (await linked.control.create_phone(phone)).lid)

    return find


async def ask(linked: Any, kind: Any, *arguments: object, **named: object) -> Any:
    return await linked.worker.tell("h1", kind(linked.spec.number_id, 1, *arguments, **named))


async def made(linked: Any, *members: str) -> Group:
    answer = await ask(linked, CreateGroup, "Shop", [f"{each[1:]}@s.whatsapp.net" for each in members])
    assert isinstance(answer, GroupShown), answer
    return answer.group


async def test_a_group_is_made_listed_and_read(linked: Any, who: Any) -> None:
    await linked.open()
    own, other = await who(linked.phone), await who(linked.other)

    group = await made(linked, linked.other)

    assert (group.subject, group.owner, group.role, group.size) == ("Shop", own, "owner", 2)
    assert group.members == [Member(own, "owner"), Member(other)]
    assert await ask(linked, ReadGroup, group.id) == GroupShown(group)
    listed = await ask(linked, ListGroups)
    assert isinstance(listed, GroupPage)
    assert [(each.id, each.size, each.members) for each in listed.groups] == [(group.id, 2, [])]
    assert await ask(linked, ListGroups, group.id) == GroupPage([])
    entered = await linked.worker.first(GroupEntered)
    assert (entered.group.id, entered.by) == (group.id, own)


async def test_who_cannot_be_added_is_named_with_the_reason(linked: Any, who: Any) -> None:
    await linked.open()
    await linked.control.change(linked.other, refuse=403)

    group = await made(linked, linked.other, "+4915399999999")

    assert group.size == 1
    assert [each.problem for each in group.members] == ["", "not_permitted", "not_on_whatsapp"]


async def test_members_are_added_promoted_demoted_and_removed(linked: Any, who: Any) -> None:
    await linked.open()
    group, other = await made(linked), await who(linked.other)

    for change, in_group, admin in (("add", 1, 0), ("promote", 1, 1), ("demote", 1, 0), ("remove", 0, 0)):
        answer = await ask(linked, ChangeMembers, group.id, change, [linked.person])
        assert isinstance(answer, MembersChanged), answer
        assert [(each.who, each.problem) for each in answer.members] == [(other, "")]
        now = await linked.control.group(group.id)
        assert (linked.other in now.members, linked.other in now.admins) == (bool(in_group), bool(admin))
    await linked.worker.until(lambda: len(linked.worker.of(GroupChanged)) >= 4)
    told = [(each.joined, each.promoted, each.demoted, each.left) for each in linked.worker.of(GroupChanged)]
    assert told == [([other], [], [], []), ([], [other], [], []), ([], [], [other], []), ([], [], [], [other])]
    again = await ask(linked, ChangeMembers, group.id, "remove", [linked.person])
    assert [each.problem for each in again.members] == ["not_in_group"]


async def test_the_settings_of_a_group_are_changed_and_told(linked: Any) -> None:
    await linked.open()
    group = await made(linked, linked.other)

    wishes: dict[str, Any] = {"subject": "Kiosk", "description": "Open at eight", "only_admins_send": True}
    assert await ask(linked, ChangeGroup, group.id, **wishes, only_admins_edit=True) == Done()

    now = await linked.control.group(group.id)
    assert (now.subject, now.description, now.announce, now.locked) == ("Kiosk", "Open at eight", True, True)
    shown = await ask(linked, ReadGroup, group.id)
    assert (shown.group.subject, shown.group.description) == ("Kiosk", "Open at eight")
    assert (shown.group.only_admins_send, shown.group.only_admins_edit) == (True, True)
    await linked.worker.until(lambda: len(linked.worker.of(GroupChanged)) >= 4)
    told = linked.worker.of(GroupChanged)
    said = [(e.subject, e.description, e.only_admins_send, e.only_admins_edit) for e in told]
    assert said == [
        ("Kiosk", None, None, None),
        (None, "Open at eight", None, None),
        (None, None, True, None),
        (None, None, None, True),
    ]
    assert await ask(linked, ChangeGroup, group.id, description="", only_admins_send=False) == Done()
    now = await linked.control.group(group.id)
    assert (now.description, now.announce) == ("", False)


async def test_a_group_is_joined_by_its_link_until_that_is_renewed(linked: Any, who: Any) -> None:
    await linked.open()
    other = await who(linked.other)
    group = await linked.control.create_group("Regulars", [linked.other])

    answer = await ask(linked, JoinGroup, group.invite)

    assert isinstance(answer, GroupShown), answer
    assert (answer.group.id, answer.group.role, answer.group.size) == (group.id, "member", 2)
    entered = await linked.worker.first(GroupEntered)
    assert (entered.group.id, entered.reason) == (group.id, "invite")
    assert (await ask(linked, GetInvite, group.id)).code == "group_not_permitted"
    await linked.control.change_members(group.id, linked.other, "promote", [linked.phone])
    assert await ask(linked, GetInvite, group.id) == Invite(LINK + group.invite)
    fresh = await ask(linked, GetInvite, group.id, renew=True)
    assert isinstance(fresh, Invite)
    assert fresh.link != LINK + group.invite
    assert await ask(linked, LeaveGroup, group.id) == Done()
    await linked.worker.until(lambda: any(each.own for each in linked.worker.of(GroupChanged)))
    assert (await linked.control.group(group.id)).members == [linked.other]
    assert (await ask(linked, JoinGroup, group.invite)).code == "invite_gone"
    assert (await ask(linked, JoinGroup, "nonsense")).code == "invite_invalid"
    promoted = [each for each in linked.worker.of(GroupChanged) if each.promoted]
    assert [(each.by, each.promoted) for each in promoted] == [(other, [await who(linked.phone)])]


async def test_what_a_number_may_not_do_is_told_apart(linked: Any) -> None:
    await linked.open()
    theirs = await linked.control.create_group("Theirs", [linked.other])
    together = await linked.control.create_group("Together", [linked.other, linked.phone])
    await linked.control.change_group(together.id, linked.other, locked=True)

    refusals = [
        (ReadGroup, ("12036399999999@g.us",), {}, "group_not_found"),
        (ReadGroup, (theirs.id,), {}, "not_in_group"),
        (ChangeMembers, (together.id, "remove", [linked.person]), {}, "group_not_permitted"),
        (ChangeGroup, (together.id,), {"subject": "Mine"}, "group_not_permitted"),
        (ChangeGroup, (theirs.id,), {"subject": "Mine"}, "group_not_permitted"),
        (CreateGroup, ("x" * 200, []), {}, "group_not_acceptable"),
    ]
    for kind, arguments, named, code in refusals:
        answer = await ask(linked, kind, *arguments, **named)
        assert isinstance(answer, Refused), kind
        assert answer.code == code, (kind, answer)


async def test_what_others_do_in_a_group_while_the_number_is_away_is_told_later(linked: Any, who: Any) -> None:
    await linked.open()
    other = await who(linked.other)
    group = await made(linked, linked.other)
    await linked.worker.first(GroupEntered)
    await ask(linked, ChangeMembers, group.id, "promote", [linked.person])
    linked.end("h1")
    await linked.control.change_group(group.id, linked.other, subject="While you were away")
    await linked.host("h1")

    await linked.open()

    await linked.worker.until(lambda: any(each.subject for each in linked.worker.of(GroupChanged)))
    (told,) = [each for each in linked.worker.of(GroupChanged) if each.subject]
    assert (told.subject, told.by) == ("While you were away", other)
