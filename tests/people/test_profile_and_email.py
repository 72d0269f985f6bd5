"""Name, time zone, and the email that is confirmed at both ends."""

from typing import Any

import pytest
from sqlalchemy import select

from messageapi.audit import find as audit
from messageapi.errors import Problem
from messageapi.people.caller import caller_of
from messageapi.people.email import (
    ask_for_email,
    cancel_email,
    confirm_email,
    pending_email,
    read_email_link,
    refuse_email,
    send_email_again,
)
from messageapi.people.profile import change_profile
from messageapi.store.tables import accounts
from messageapi.web.doors import Doors

NEW = "alicia@example.org"
HOUR = 3_600_000


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


async def test_a_change_that_waits_can_be_seen_and_called_off(
    doors: Doors, entrance: Any, ends: dict[str, str], clock: Any
) -> None:
    who = await entrance.who((await entrance.log_in("Alice")).token)
    waiting = await pending_email(doors, who)
    assert waiting
    assert (waiting.new_email, waiting.ends) == (NEW, ("email_old", "email_new"))
    await confirm_email(doors, ends["old"])
    waiting = await pending_email(doors, who)
    assert waiting
    assert waiting.ends == ("email_new",)
    await cancel_email(doors, who)
    assert await pending_email(doors, who) is None
    with pytest.raises(Problem, match="expired"):
        await confirm_email(doors, ends["new"])
    with pytest.raises(Problem) as told:
        await cancel_email(doors, who)
    assert told.value.code == "email_not_changing"
    async with doors.db.reading() as tx:
        [last, *_] = await audit.page(tx, caller_of(who), None, 5, action="person.email")
    assert (last.action, last.facts) == ("person.email_change_called_off", {"email": NEW})
    assert await entrance.log_in("Alice")


async def test_sent_again_the_links_go_to_who_has_not_agreed(
    doors: Doors, entrance: Any, letters: Any, ends: dict[str, str], clock: Any
) -> None:
    who = await entrance.who((await entrance.log_in("Alice")).token)
    await confirm_email(doors, ends["old"])
    clock.forward(23 * HOUR)
    before = len(await letters())
    await send_email_again(doors, who)
    [again] = (await letters())[before:]
    assert (again.kind, again.to) == ("email_changed_new", NEW)
    with pytest.raises(Problem, match="expired"):
        await confirm_email(doors, ends["new"])
    clock.forward(23 * HOUR)
    assert await confirm_email(doors, again.token)
    assert await mail_of_accounts(doors) == [NEW]


async def test_a_change_that_nobody_answered_is_over_after_a_day(
    doors: Doors, entrance: Any, ends: dict[str, str], clock: Any
) -> None:
    who = await entrance.who((await entrance.log_in("Alice")).token)
    clock.forward(24 * HOUR)
    assert await pending_email(doors, who) is None
    with pytest.raises(Problem) as told:
        await send_email_again(doors, who)
    assert told.value.code == "email_not_changing"


async def test_sending_again_is_no_way_to_flood_a_mailbox(doors: Doors, entrance: Any, ends: dict[str, str]) -> None:
    who = await entrance.who((await entrance.log_in("Alice")).token)
    for _ in range(4):
        await send_email_again(doors, who)
    with pytest.raises(Problem) as told:
        await send_email_again(doors, who)
    assert told.value.code == "too_many_tries"


async def test_a_change_is_its_owners_alone(doors: Doors, entrance: Any, ends: dict[str, str]) -> None:
    charlie = await entrance.person("Charlie")
    assert await pending_email(doors, charlie) is None
    for attempt in (send_email_again, cancel_email):
        with pytest.raises(Problem) as told:
            await attempt(doors, charlie)
        assert told.value.code == "email_not_changing"
    assert (await read_email_link(doors, ends["new"])).new_email == NEW


async def test_the_email_one_has_is_no_other_one(doors: Doors, entrance: Any, letters: Any) -> None:
    who = await entrance.person("Alice")
    with pytest.raises(Problem) as told:
        await ask_for_email(doors, who, email=" ALICE@example.com", password=entrance.password)
    assert told.value.code == "email_same"
    assert [letter.kind for letter in await letters()] == ["verify_email"]


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
