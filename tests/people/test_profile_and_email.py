"""Name, time zone, and the email that is confirmed at both ends."""

from typing import Any

import pytest
from sqlalchemy import select

from messageapi.errors import Problem
from messageapi.people.email import ask_for_email, confirm_email, read_email_link, refuse_email
from messageapi.people.profile import change_profile
from messageapi.store.tables import accounts
from messageapi.web.doors import Doors

NEW = "alicia@example.org"


@pytest.fixture
async def ends(doors: Doors, entrance: Any, letters: Any) -> dict[str, str]:
    """The tokens of the two links, after Alice asked for another email."""
    who = await entrance.person("Alice")
    await ask_for_email(doors, who, email=NEW, password=entrance.password)
    told = {letter.kind: letter for letter in await letters()}
    assert told["email_changed_old"].to == "alice@example.com"
    assert told["email_changed_new"].to == NEW
    return {"old": told["email_changed_old"].token, "new": told["email_changed_new"].token}


async def mail_of_accounts(doors: Doors) -> list[str]:
    async with doors.db.reading() as tx:
        return [row.email for row in await tx.rows(select(accounts.c.email))]


async def test_a_profile_is_changed_in_part(doors: Doors, entrance: Any) -> None:
    begun = await entrance.begun("Alice")
    await change_profile(doors, await entrance.who(begun.token), time_zone="Europe/Berlin")
    await change_profile(doors, await entrance.who(begun.token), name="  Alice   B. ")
    who = await entrance.who(begun.token)
    assert (who.name, who.time_zone, who.language) == ("Alice B.", "Europe/Berlin", "en")
    with pytest.raises(Problem, match="time zone"):
        await change_profile(doors, who, time_zone="Nowhere")


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
async def test_an_email_changes_when_both_ends_agree(
    doors: Doors, entrance: Any, ends: dict[str, str], order: tuple[str, str]
) -> None:
    assert (await read_email_link(doors, ends["old"])).new_email == NEW
    assert (await read_email_link(doors, ends["old"])).end == "old"
    assert (await read_email_link(doors, ends["new"])).end == "new"
    assert not await confirm_email(doors, ends[order[0]])
    assert await entrance.log_in("Alice")
    assert await mail_of_accounts(doors) == ["alice@example.com"]
    assert await confirm_email(doors, ends[order[1]])
    with pytest.raises(Problem, match="wrong"):
        await entrance.log_in("Alice")
    assert await mail_of_accounts(doors) == [NEW]


@pytest.mark.parametrize("end", ["old", "new"])
async def test_either_end_can_refuse(doors: Doors, entrance: Any, ends: dict[str, str], end: str) -> None:
    await refuse_email(doors, ends[end])
    for each in ends.values():
        with pytest.raises(Problem, match="expired"):
            await confirm_email(doors, each)
    assert await entrance.log_in("Alice")


async def test_one_end_agreeing_twice_is_not_both(doors: Doors, ends: dict[str, str]) -> None:
    await confirm_email(doors, ends["new"])
    with pytest.raises(Problem, match="expired"):
        await confirm_email(doors, ends["new"])


async def test_another_wish_makes_the_first_void(doors: Doors, entrance: Any, ends: dict[str, str]) -> None:
    begun = await entrance.log_in("Alice")
    await ask_for_email(doors, await entrance.who(begun.token), email="third@example.org", password=entrance.password)
    for each in ends.values():
        with pytest.raises(Problem, match="expired"):
            await confirm_email(doors, each)


async def test_the_password_is_needed(doors: Doors, entrance: Any, letters: Any) -> None:
    who = await entrance.person("Alice")
    with pytest.raises(Problem, match="not your password"):
        await ask_for_email(doors, who, email=NEW, password="not that one")
    assert [letter.kind for letter in await letters()] == ["verify_email"]


async def test_an_email_that_somebody_has_is_refused_at_the_end_alone(
    doors: Doors, entrance: Any, letters: Any
) -> None:
    """Until its mailbox is proved, the answer is as for any other."""
    await entrance.person("Bob")
    alice = await entrance.person("Alice")
    await ask_for_email(doors, alice, email="bob@example.com", password=entrance.password)
    tokens = {letter.kind: letter.token for letter in await letters()}
    await confirm_email(doors, tokens["email_changed_old"])
    with pytest.raises(Problem) as told:
        await confirm_email(doors, tokens["email_changed_new"])
    assert told.value.code == "email_taken"
    assert await entrance.log_in("Bob")
    assert await entrance.log_in("Alice")
