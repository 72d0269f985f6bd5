"""The link on the console makes the first person, once."""

from typing import Any

import pytest

from messageapi.accounts.create import create_account
from messageapi.errors import Problem
from messageapi.people.first_start import become_operator, check_link, first_start_link
from messageapi.web.doors import Doors


@pytest.fixture
async def account_id(doors: Doors) -> str:
    return await create_account(doors, name="Operator", email="operator@localhost")


async def token(doors: Doors, account_id: str) -> str:
    link = await first_start_link(doors, account_id)
    assert link is not None
    assert link.startswith("http://127.0.0.1:8080/first-start?token=")
    return link.partition("=")[2]


async def test_who_has_the_link_becomes_operator_and_owner(doors: Doors, entrance: Any, account_id: str) -> None:
    given = await token(doors, account_id)
    await check_link(doors, given)
    begun = await become_operator(doors, given, entrance.newcomer("Olga"), seen_from=entrance.here)
    olga = await entrance.who(begun.token)
    assert (olga.operator, olga.role, olga.account_id) == (True, "owner", account_id)
    assert await entrance.log_in("Olga")


async def test_the_link_works_once_and_there_is_no_second(doors: Doors, entrance: Any, account_id: str) -> None:
    given = await token(doors, account_id)
    await become_operator(doors, given, entrance.newcomer("Olga"), seen_from=entrance.here)
    with pytest.raises(Problem) as told:
        await become_operator(doors, given, entrance.newcomer("Mallory"), seen_from=entrance.here)
    assert told.value.code == "link_invalid"
    assert await first_start_link(doors, account_id) is None


async def test_a_restart_makes_the_older_link_void(doors: Doors, account_id: str) -> None:
    old, new = await token(doors, account_id), await token(doors, account_id)
    with pytest.raises(Problem):
        await check_link(doors, old)
    await check_link(doors, new)


async def test_a_bad_password_leaves_the_link_good(doors: Doors, entrance: Any, account_id: str) -> None:
    given = await token(doors, account_id)
    with pytest.raises(Problem) as told:
        await become_operator(doors, given, entrance.newcomer("Olga", password="password"), seen_from=entrance.here)
    assert told.value.code == "password_common"
    await check_link(doors, given)


async def test_without_the_link_nobody_is_operator(doors: Doors, entrance: Any, account_id: str) -> None:
    await token(doors, account_id)
    for guess in ("", "x", "a" * 43):
        with pytest.raises(Problem):
            await become_operator(doors, guess, entrance.newcomer("Mallory"), seen_from=entrance.here)
    assert not (await entrance.person("Alice")).operator
