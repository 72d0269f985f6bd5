"""Forgotten and changed passwords."""

from typing import Any

import pytest

from messageapi.audit import find as audit
from messageapi.errors import Problem
from messageapi.people.caller import caller_of
from messageapi.people.fresh import confirm, require_fresh
from messageapi.people.logins.session import resolve
from messageapi.people.person import SeenFrom
from messageapi.people.reset import ask_for_reset, change_password, check_reset, reset
from messageapi.people.sign_up import sign_up, verify
from messageapi.web.doors import Doors

ELSEWHERE = SeenFrom("198.51.100.9", "curl")
NEW = "staple orbit lantern"


@pytest.fixture
async def reset_token(doors: Doors, entrance: Any, letters: Any) -> str:
    """Alice's."""
    await entrance.begun("Alice")
    await ask_for_reset(doors, email="alice@example.com", seen_from=ELSEWHERE)
    last = (await letters())[-1]
    assert last.kind == "reset_password"
    return str(last.token)


async def test_the_link_in_the_mail_gives_a_new_password(doors: Doors, entrance: Any, reset_token: str) -> None:
    begun = await reset(doors, reset_token, NEW, seen_from=ELSEWHERE)
    assert (await entrance.who(begun.token)).name == "Alice"
    assert await entrance.log_in("Alice", NEW)
    with pytest.raises(Problem, match="wrong"):
        await entrance.log_in("Alice")


async def test_a_new_password_ends_every_session(doors: Doors, entrance: Any, reset_token: str) -> None:
    old = await entrance.log_in("Alice")
    await reset(doors, reset_token, NEW, seen_from=ELSEWHERE)
    assert await resolve(doors, old.token) is None


async def test_a_reset_link_works_once_and_for_an_hour(doors: Doors, reset_token: str, clock: Any) -> None:
    await check_reset(doors, reset_token)
    with pytest.raises(Problem, match="characters"):
        await reset(doors, reset_token, "short", seen_from=ELSEWHERE)
    clock.forward(3_600_000)
    with pytest.raises(Problem) as told:
        await check_reset(doors, reset_token)
    assert told.value.code == "link_invalid"
    clock.forward(-1)
    await reset(doors, reset_token, NEW, seen_from=ELSEWHERE)
    with pytest.raises(Problem, match="expired"):
        await reset(doors, reset_token, NEW, seen_from=ELSEWHERE)


async def test_asking_for_nobody_says_the_same_and_sends_nothing(doors: Doors, letters: Any) -> None:
    await ask_for_reset(doors, email="nobody@example.com", seen_from=ELSEWHERE)
    assert await letters() == []


async def test_five_mails_an_hour_go_to_an_address(doors: Doors, entrance: Any, letters: Any) -> None:
    await entrance.begun("Alice")
    for _ in range(4):  # the first was for signing up
        await ask_for_reset(doors, email="alice@example.com", seen_from=ELSEWHERE)
    with pytest.raises(Problem, match="too often"):
        await ask_for_reset(doors, email="alice@example.com", seen_from=SeenFrom("192.0.2.1"))
    assert len(await letters()) == 5


async def test_a_link_of_another_kind_is_no_reset_link(doors: Doors, entrance: Any, letters: Any) -> None:
    await sign_up(doors, entrance.newcomer("Alice"), seen_from=ELSEWHERE)
    token = (await letters())[-1].token
    with pytest.raises(Problem, match="expired"):
        await reset(doors, token, NEW, seen_from=ELSEWHERE)
    await ask_for_reset(doors, email="alice@example.com", seen_from=ELSEWHERE)
    with pytest.raises(Problem, match="expired"):
        await verify(doors, (await letters())[-1].token, seen_from=ELSEWHERE, password=entrance.password)


async def test_a_changed_password_ends_the_other_sessions_and_renews_this_one(
    doors: Doors, entrance: Any, letters: Any
) -> None:
    first, second = await entrance.begun("Alice"), await entrance.log_in("Alice")
    who = await entrance.who(first.token)
    begun = await change_password(doors, who, old=entrance.password, new=NEW)
    assert await resolve(doors, first.token) is None
    assert await resolve(doors, second.token) is None
    assert (await entrance.who(begun.token)).session_id == who.session_id
    assert await entrance.log_in("Alice", NEW)
    assert [letter.kind for letter in await letters()] == ["verify_email", "login_changed"]


async def test_a_reset_link_is_void_once_the_password_was_changed(
    doors: Doors, entrance: Any, reset_token: str
) -> None:
    who = await entrance.who((await entrance.log_in("Alice")).token)
    await change_password(doors, who, old=entrance.password, new=NEW)
    with pytest.raises(Problem, match="expired"):
        await reset(doors, reset_token, "a thief would like it", seen_from=ELSEWHERE)


async def test_the_old_password_is_needed_for_a_new_one(doors: Doors, entrance: Any) -> None:
    who = await entrance.person("Alice")
    for _ in range(10):
        with pytest.raises(Problem) as told:
            await change_password(doors, who, old="not that one", new=NEW)
        assert told.value.code == "password_wrong"
    with pytest.raises(Problem, match="too often"):
        await change_password(doors, who, old=entrance.password, new=NEW)


async def test_a_session_is_fresh_for_a_quarter_of_an_hour(doors: Doors, entrance: Any, clock: Any) -> None:
    begun = await entrance.begun("Alice")
    require_fresh(doors, await entrance.who(begun.token))
    clock.forward(15 * 60_000)
    with pytest.raises(Problem, match="Enter your password"):
        require_fresh(doors, await entrance.who(begun.token))
    with pytest.raises(Problem, match="not your password"):
        await confirm(doors, await entrance.who(begun.token), "not that one")
    await confirm(doors, await entrance.who(begun.token), entrance.password)
    require_fresh(doors, await entrance.who(begun.token))


async def test_the_audit_log_tells_of_new_passwords(doors: Doors, entrance: Any, reset_token: str) -> None:
    begun = await reset(doors, reset_token, NEW, seen_from=ELSEWHERE)
    who = await entrance.who(begun.token)
    await change_password(doors, who, old=NEW, new=entrance.password)
    async with doors.db.reading() as tx:
        told = [entry.action for entry in await audit.page(tx, caller_of(who), None, 10, action="person.password")]
    assert sorted(told) == ["person.password_changed", "person.password_reset"]
