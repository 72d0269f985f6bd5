"""Looking at one's sessions and ending them."""

from typing import Any

import pytest

from messageapi.errors import Problem
from messageapi.people.logins.session import resolve
from messageapi.people.logins.sessions import accounts_of, end_other_sessions, end_session, sessions_of, switch_account
from messageapi.people.person import SeenFrom
from messageapi.web.doors import Doors

DAY = 86_400_000


async def test_sessions_are_listed_the_last_seen_first(doors: Doors, entrance: Any, clock: Any) -> None:
    first = await entrance.begun("Alice")
    clock.forward(60_000)
    await entrance.log_in("Alice", seen_from=SeenFrom("198.51.100.9", "curl\n\x1b[31m" + "x" * 300))
    who = await entrance.who(first.token)
    clock.forward(60_000)
    await entrance.who(first.token)
    listed = await sessions_of(doors, who)
    assert [(session.current, session.address) for session in listed] == [
        (True, "203.0.113.7"),
        (False, "198.51.100.9"),
    ]
    assert listed[1].agent == ("curl[31m" + "x" * 300)[:200]
    clock.forward(72 * 3_600_000)
    assert await sessions_of(doors, who) == []


async def test_a_session_is_ended_from_another(doors: Doors, entrance: Any) -> None:
    first, second = await entrance.begun("Alice"), await entrance.log_in("Alice")
    who = await entrance.who(first.token)
    await end_session(doors, who, (await entrance.who(second.token)).session_id)
    assert await resolve(doors, second.token) is None
    assert await resolve(doors, first.token)


async def test_all_others_are_ended_at_once(doors: Doors, entrance: Any) -> None:
    first = await entrance.begun("Alice")
    others = [await entrance.log_in("Alice") for _ in range(3)]
    assert await end_other_sessions(doors, await entrance.who(first.token)) == 3
    assert [await resolve(doors, other.token) for other in others] == [None, None, None]
    assert await resolve(doors, first.token)


async def test_nobody_ends_a_session_of_somebody_else(doors: Doors, entrance: Any) -> None:
    alice, charlie = await entrance.person("Alice"), await entrance.begun("Charlie")
    theirs = await entrance.who(charlie.token)
    with pytest.raises(Problem) as told:
        await end_session(doors, alice, theirs.session_id)
    assert told.value.code == "session_not_found"
    await end_other_sessions(doors, alice)
    assert await resolve(doors, charlie.token)


async def test_going_to_another_account_makes_no_session_longer(doors: Doors, entrance: Any, clock: Any) -> None:
    token = (await entrance.begun("Alice")).token
    for _ in range(29):
        clock.forward(DAY)
        who = await entrance.who(token)
        begun = await switch_account(doors, who, who.account_id)
        token = begun.token
    assert begun.max_age == DAY // 1_000
    clock.forward(DAY)
    assert await resolve(doors, token) is None


async def test_nobody_goes_to_an_account_they_do_not_belong_to(doors: Doors, entrance: Any) -> None:
    alice, charlie = await entrance.person("Alice"), await entrance.person("Charlie")
    assert [mine.account_id for mine in await accounts_of(doors, alice)] == [alice.account_id]
    with pytest.raises(Problem) as told:
        await switch_account(doors, alice, charlie.account_id)
    assert told.value.code == "account_not_yours"
