"""Invitations, roles, and what members may do to each other."""

from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
import pytest

from messageapi.audit import find as audit
from messageapi.errors import Problem
from messageapi.people.caller import caller_of
from messageapi.people.logins.session import SignedIn, resolve
from messageapi.people.logins.sessions import accounts_of, switch_account
from messageapi.people.membership import find
from messageapi.people.membership.invite import accept, accept_as_newcomer, invite, read_invitation, revoke_invitation
from messageapi.people.membership.members import change_role, remove_member
from messageapi.people.person import SeenFrom
from messageapi.people.sign_up import sign_up
from messageapi.vocab.caller import Caller, operator_for
from messageapi.web.doors import Doors

BOB = "bob@example.com"


@pytest.fixture
async def alice(entrance: Any) -> Caller:
    """Owns the account."""
    return caller_of(await entrance.person("Alice"))


async def invited(doors: Doors, caller: Caller, letters: Any, role: str, email: str = BOB) -> str:
    """The token in the mail."""
    await invite(doors, caller, email=email, role=role)
    last = (await letters())[-1]
    assert (last.kind, last.to) == ("invitation", email)
    return str(last.token)


@pytest.fixture
def member(doors: Doors, entrance: Any, letters: Any, alice: Caller) -> Any:
    """Somebody with this role in Alice's account."""

    async def joined(name: str, role: str) -> SignedIn:
        token = await invited(doors, alice, letters, role, f"{name.lower()}@example.com")
        begun = await accept_as_newcomer(doors, token, entrance.newcomer(name), seen_from=entrance.here)
        found: SignedIn = await entrance.who(begun.token)
        return found

    return joined


async def members(doors: Doors, caller: Caller) -> dict[str, str]:
    async with doors.db.reading() as tx:
        return {each.name: each.role for each in await find.members(tx, caller)}


async def test_who_opens_the_link_joins_in_the_role_they_were_given(
    doors: Doors, entrance: Any, letters: Any, alice: Caller
) -> None:
    token = await invited(doors, alice, letters, "viewer")
    page = await read_invitation(doors, token)
    assert (page.account, page.email, page.role, page.known) == ("Alice", BOB, "viewer", False)
    somebody = msgspec.structs.replace(entrance.newcomer("Bob"), email="mallory@example.com")
    begun = await accept_as_newcomer(doors, token, somebody, seen_from=entrance.here)
    bob = await entrance.who(begun.token)
    assert (bob.email, bob.role, bob.account_id) == (BOB, "viewer", alice.account_id)
    assert all(scope.endswith(":read") for scope in caller_of(bob).scopes)
    assert await members(doors, alice) == {"Alice": "owner", "Bob": "viewer"}
    assert await entrance.log_in("Bob")


async def test_an_invitation_works_once_for_a_week_and_until_it_is_revoked(
    doors: Doors, entrance: Any, letters: Any, alice: Caller, clock: Any
) -> None:
    token = await invited(doors, alice, letters, "viewer")
    clock.forward(7 * 24 * 3_600_000)
    with pytest.raises(Problem) as told:
        await read_invitation(doors, token)
    assert told.value.code == "link_invalid"
    clock.forward(-1)
    async with doors.db.reading() as tx:
        [waiting] = await find.open_invitations(tx, alice, clock())
    await revoke_invitation(doors, alice, waiting.id)
    with pytest.raises(Problem):
        await read_invitation(doors, token)
    with pytest.raises(Problem) as told:
        await revoke_invitation(doors, alice, waiting.id)
    assert told.value.code == "invitation_not_found"
    token = await invited(doors, alice, letters, "viewer")
    await accept_as_newcomer(doors, token, entrance.newcomer("Bob"), seen_from=entrance.here)
    with pytest.raises(Problem):
        await accept_as_newcomer(doors, token, entrance.newcomer("Bob"), seen_from=entrance.here)


async def test_a_second_invitation_makes_the_first_void(doors: Doors, letters: Any, alice: Caller) -> None:
    first = await invited(doors, alice, letters, "admin")
    await invited(doors, alice, letters, "viewer")
    with pytest.raises(Problem):
        await read_invitation(doors, first)


async def test_somebody_with_a_login_belongs_to_both_accounts(
    doors: Doors, entrance: Any, letters: Any, alice: Caller, clock: Any
) -> None:
    own = await entrance.begun("Bob")
    clock.forward(1)
    token = await invited(doors, alice, letters, "admin")
    assert (await read_invitation(doors, token)).known
    with pytest.raises(Problem) as told:
        await accept_as_newcomer(doors, token, entrance.newcomer("Bob"), seen_from=entrance.here)
    assert told.value.code == "email_taken"
    begun = await accept(doors, await entrance.who(own.token), token)
    assert await resolve(doors, own.token) is None
    bob = await entrance.who(begun.token)
    assert (bob.account_id, bob.role) == (alice.account_id, "admin")
    first, second = await accounts_of(doors, bob)
    assert (first.role, second.role, second.account_id) == ("owner", "admin", alice.account_id)
    back = await switch_account(doors, bob, first.account_id)
    assert (await entrance.who(back.token)).role == "owner"
    assert await resolve(doors, begun.token) is None


async def test_nobody_accepts_for_somebody_else(doors: Doors, entrance: Any, letters: Any, alice: Caller) -> None:
    charlie = await entrance.person("Charlie")
    token = await invited(doors, alice, letters, "owner")
    with pytest.raises(Problem) as told:
        await accept(doors, charlie, token)
    assert told.value.code == "invitation_for_other"


async def test_what_a_squatter_signed_up_with_opens_nothing_after_the_invitation(
    doors: Doors, entrance: Any, letters: Any, alice: Caller
) -> None:
    squatter = entrance.newcomer("Bob", password="the squatter knows it")
    await sign_up(doors, squatter, seen_from=SeenFrom("198.51.100.9"))
    token = await invited(doors, alice, letters, "viewer")
    await accept_as_newcomer(doors, token, entrance.newcomer("Bob"), seen_from=entrance.here)
    with pytest.raises(Problem, match="wrong"):
        await entrance.log_in("Bob", "the squatter knows it")


async def test_where_sign_up_is_closed_an_invitation_makes_no_new_person(
    doors: Doors, entrance: Any, letters: Any, alice: Caller
) -> None:
    token = await invited(doors, alice, letters, "viewer")
    shut = replace(doors, settings=msgspec.structs.replace(doors.settings, sign_up="closed"))
    with pytest.raises(Problem) as told:
        await accept_as_newcomer(shut, token, entrance.newcomer("Bob"), seen_from=entrance.here)
    assert told.value.code == "sign_up_closed"


@pytest.mark.parametrize(
    ("actor", "given", "allowed"),
    [
        ("owner", "owner", True),
        ("owner", "viewer", True),
        ("admin", "owner", False),
        ("admin", "admin", True),
        ("admin", "viewer", True),
        ("viewer", "viewer", False),
    ],
)
async def test_who_may_invite_whom(doors: Doors, member: Any, actor: str, given: str, allowed: bool) -> None:
    caller = caller_of(await member("Bob", actor))
    if allowed:
        await invite(doors, caller, email="dora@example.com", role=given)
        return
    with pytest.raises(Problem) as told:
        await invite(doors, caller, email="dora@example.com", role=given)
    assert told.value.code == "role_exceeded"


async def test_an_admin_neither_demotes_nor_removes_an_owner_nor_becomes_one(
    doors: Doors, member: Any, alice: Caller
) -> None:
    bob = caller_of(await member("Bob", "admin"))
    assert alice.person_id
    assert bob.person_id
    for attempt in (
        partial(change_role, doors, bob, alice.person_id or "", "viewer"),
        partial(remove_member, doors, bob, alice.person_id or ""),
        partial(change_role, doors, bob, bob.person_id or "", "owner"),
    ):
        with pytest.raises(Problem) as told:
            await attempt()
        assert told.value.code == "role_exceeded"


async def test_a_new_role_ends_the_members_sessions(doors: Doors, entrance: Any, member: Any, alice: Caller) -> None:
    bob = await member("Bob", "viewer")
    login = await entrance.log_in("Bob")
    await change_role(doors, alice, bob.person_id, "admin")
    await change_role(doors, alice, bob.person_id, "admin")
    assert await resolve(doors, login.token) is None
    again = await entrance.log_in("Bob")
    assert (await entrance.who(again.token)).role == "admin"


async def test_who_was_removed_gets_in_nowhere(doors: Doors, entrance: Any, member: Any, alice: Caller) -> None:
    bob = await member("Bob", "admin")
    login = await entrance.log_in("Bob")
    await remove_member(doors, alice, bob.person_id)
    assert await resolve(doors, login.token) is None
    with pytest.raises(Problem) as told:
        await entrance.log_in("Bob")
    assert told.value.code == "no_account"


async def test_who_was_removed_and_invited_again_joins_by_logging_in(
    doors: Doors, entrance: Any, letters: Any, member: Any, alice: Caller
) -> None:
    """They have a login and no account, so nothing else could accept the invitation."""
    bob = await member("Bob", "admin")
    await remove_member(doors, alice, bob.person_id)
    token = await invited(doors, alice, letters, "viewer")
    with pytest.raises(Problem) as told:
        await accept_as_newcomer(doors, token, entrance.newcomer("Bob"), seen_from=entrance.here)
    assert told.value.code == "email_taken"
    again = await entrance.log_in("Bob")
    assert (await entrance.who(again.token)).role == "viewer"
    with pytest.raises(Problem) as told:
        await read_invitation(doors, token)
    assert told.value.code == "link_invalid"


async def test_a_revoked_invitation_lets_nobody_in_by_logging_in(
    doors: Doors, entrance: Any, letters: Any, member: Any, alice: Caller, clock: Any
) -> None:
    bob = await member("Bob", "admin")
    await remove_member(doors, alice, bob.person_id)
    await invited(doors, alice, letters, "viewer")
    async with doors.db.reading() as tx:
        [waiting] = await find.open_invitations(tx, alice, clock())
    await revoke_invitation(doors, alice, waiting.id)
    with pytest.raises(Problem) as told:
        await entrance.log_in("Bob")
    assert told.value.code == "no_account"


@pytest.mark.parametrize("end", ["removed", "demoted"])
async def test_invitations_end_with_the_rights_of_who_sent_them(
    doors: Doors, letters: Any, member: Any, alice: Caller, end: str
) -> None:
    bob = await member("Bob", "admin")
    token = await invited(doors, caller_of(bob), letters, "admin", "second-mailbox@example.com")
    kept = await invited(doors, alice, letters, "viewer", "dora@example.com")
    await (
        remove_member(doors, alice, bob.person_id)
        if end == "removed"
        else change_role(doors, alice, bob.person_id, "viewer")
    )
    with pytest.raises(Problem) as told:
        await read_invitation(doors, token)
    assert told.value.code == "link_invalid"
    assert (await read_invitation(doors, kept)).email == "dora@example.com"


async def test_everybody_may_leave_but_the_last_owner(doors: Doors, member: Any, alice: Caller) -> None:
    bob = caller_of(await member("Bob", "viewer"))
    await remove_member(doors, bob, bob.person_id or "")
    for attempt in (
        partial(remove_member, doors, alice, alice.person_id or ""),
        partial(change_role, doors, alice, alice.person_id or "", "admin"),
    ):
        with pytest.raises(Problem) as told:
            await attempt()
        assert told.value.code == "last_owner"
    await member("Dora", "owner")
    await remove_member(doors, alice, alice.person_id or "")
    assert await members(doors, alice) == {"Dora": "owner"}


async def test_another_accounts_members_cannot_be_seen_or_touched(
    doors: Doors, entrance: Any, letters: Any, alice: Caller, clock: Any
) -> None:
    charlie = caller_of(await entrance.person("Charlie"))
    await invited(doors, alice, letters, "viewer")
    assert await members(doors, charlie) == {"Charlie": "owner"}
    async with doors.db.reading() as tx:
        [waiting] = await find.open_invitations(tx, alice, clock())
        assert await find.open_invitations(tx, charlie, clock()) == []
        theirs = await audit.page(tx, charlie, None, 50)
    assert {entry.person_id for entry in theirs} == {charlie.person_id}
    for attempt, code in (
        (partial(revoke_invitation, doors, charlie, waiting.id), "invitation_not_found"),
        (partial(remove_member, doors, charlie, alice.person_id or ""), "member_not_found"),
        (partial(change_role, doors, charlie, alice.person_id or "", "viewer"), "member_not_found"),
    ):
        with pytest.raises(Problem) as told:
            await attempt()
        assert told.value.code == code


async def test_an_api_key_manages_no_members(doors: Doors, alice: Caller) -> None:
    key = Caller(alice.account_id, "key_1", alice.scopes)
    with pytest.raises(Problem) as told:
        await invite(doors, key, email=BOB, role="viewer")
    assert told.value.code == "role_exceeded"


async def test_the_operator_at_the_console_invites_owners(doors: Doors, letters: Any, alice: Caller) -> None:
    assert await invited(doors, operator_for(alice.account_id), letters, "owner")


async def test_a_member_and_a_strange_role_are_not_invited(doors: Doors, member: Any, alice: Caller) -> None:
    await member("Bob", "viewer")
    with pytest.raises(Problem) as told:
        await invite(doors, alice, email=BOB, role="admin")
    assert told.value.code == "member_already"
    with pytest.raises(Problem) as told:
        await invite(doors, alice, email="dora@example.com", role="god")
    assert told.value.code == "role_invalid"


async def test_the_audit_log_tells_of_members(doors: Doors, member: Any, alice: Caller) -> None:
    bob = await member("Bob", "viewer")
    await change_role(doors, alice, bob.person_id, "admin")
    await remove_member(doors, alice, bob.person_id)
    async with doors.db.reading() as tx:
        told = [(entry.action, entry.person_id) for entry in await audit.page(tx, alice, None, 50, action="member.")]
    assert told == [
        ("member.removed", alice.person_id),
        ("member.role_changed", alice.person_id),
        ("member.joined", bob.person_id),
        ("member.invited", alice.person_id),
    ]
