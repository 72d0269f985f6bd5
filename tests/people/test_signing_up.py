"""Signing up, proving the email, and what strangers cannot learn from it."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from messageapi.accounts.create import create_account
from messageapi.audit import find as audit
from messageapi.errors import Problem
from messageapi.people.caller import caller_of
from messageapi.people.person import Newcomer, SeenFrom
from messageapi.people.sign_up import send_again, sign_up, verify
from messageapi.vocab.caller import SCOPES
from messageapi.web.doors import Doors

ELSEWHERE = SeenFrom("198.51.100.9", "curl")


async def test_who_opens_the_link_in_the_same_browser_is_in_and_owns_an_account(entrance: Any) -> None:
    alice = await entrance.person("Alice")
    assert (alice.email, alice.name, alice.role, alice.operator) == ("alice@example.com", "Alice", "owner", False)
    assert caller_of(alice).scopes == frozenset(SCOPES)
    assert caller_of(alice).person_id == alice.person_id


async def test_in_another_browser_the_link_asks_for_the_password(doors: Doors, entrance: Any, letters: Any) -> None:
    await sign_up(doors, entrance.newcomer("Alice"), seen_from=entrance.here)
    token = (await letters())[-1].token
    with pytest.raises(Problem, match="another browser"):
        await verify(doors, token, seen_from=ELSEWHERE)
    with pytest.raises(Problem, match="not the password"):
        await verify(doors, token, seen_from=ELSEWHERE, password="not that one")
    begun = await verify(doors, token, seen_from=ELSEWHERE, password=entrance.password)
    assert (await entrance.who(begun.token)).name == "Alice"


async def test_a_link_is_void_after_five_wrong_passwords(doors: Doors, entrance: Any, letters: Any) -> None:
    await sign_up(doors, entrance.newcomer("Alice"), seen_from=entrance.here)
    token = (await letters())[-1].token
    for _ in range(5):
        with pytest.raises(Problem, match="not the password"):
            await verify(doors, token, seen_from=ELSEWHERE, password="not that one")
    with pytest.raises(Problem) as told:
        await verify(doors, token, seen_from=ELSEWHERE, password=entrance.password)
    assert told.value.code == "link_invalid"


async def test_a_link_works_once(doors: Doors, entrance: Any, letters: Any) -> None:
    pending = await sign_up(doors, entrance.newcomer("Alice"), seen_from=entrance.here)
    token = (await letters())[-1].token
    await verify(doors, token, seen_from=entrance.here, pending=pending)
    with pytest.raises(Problem) as told:
        await verify(doors, token, seen_from=entrance.here, pending=pending)
    assert told.value.code == "link_invalid"


async def test_a_link_ends_after_a_day(doors: Doors, entrance: Any, letters: Any, clock: Any) -> None:
    pending = await sign_up(doors, entrance.newcomer("Alice"), seen_from=entrance.here)
    clock.forward(24 * 3_600_000)
    with pytest.raises(Problem) as told:
        await verify(doors, (await letters())[-1].token, seen_from=entrance.here, pending=pending)
    assert told.value.code == "link_invalid"


async def test_another_mail_makes_the_first_link_void(doors: Doors, entrance: Any, letters: Any) -> None:
    pending = await sign_up(doors, entrance.newcomer("Alice"), seen_from=entrance.here)
    await send_again(doors, email="alice@example.com", pending=pending, seen_from=entrance.here)
    first, second = [letter.token for letter in await letters()]
    with pytest.raises(Problem, match="expired"):
        await verify(doors, first, seen_from=entrance.here, pending=pending)
    assert await verify(doors, second, seen_from=entrance.here, pending=pending)


async def test_a_stranger_learns_nothing_about_an_address_that_is_known(
    doors: Doors, entrance: Any, letters: Any
) -> None:
    """The same answer; the mail says it to whom it belongs."""
    await entrance.person("Alice")
    pending = await sign_up(doors, entrance.newcomer("Alice", password="another good one"), seen_from=ELSEWHERE)
    assert len(pending) == 43
    last = (await letters())[-1]
    assert (last.to, last.kind) == ("alice@example.com", "already_registered")
    assert isinstance(await entrance.log_in("Alice"), object)
    with pytest.raises(Problem, match="wrong"):
        await entrance.log_in("Alice", "another good one")


async def test_who_has_an_account_but_no_login_for_it_hears_what_to_do(
    doors: Doors, entrance: Any, letters: Any
) -> None:
    """It was opened at the console."""
    await create_account(doors, name="Alice", email="alice@example.com")
    await sign_up(doors, entrance.newcomer("Alice"), seen_from=entrance.here)
    assert [(letter.to, letter.kind) for letter in await letters()] == [("alice@example.com", "account_waits")]
    with pytest.raises(Problem, match="wrong"):
        await entrance.log_in("Alice")


async def test_somebody_else_cannot_keep_an_address_by_signing_up_first(
    doors: Doors, entrance: Any, letters: Any
) -> None:
    """What a squatter chose is replaced, and the link they hope somebody opens is void."""
    await sign_up(doors, entrance.newcomer("Alice", password="the squatter knows it"), seen_from=ELSEWHERE)
    pending = await sign_up(doors, entrance.newcomer("Alice"), seen_from=entrance.here)
    squatters, hers = [letter.token for letter in await letters()]
    with pytest.raises(Problem, match="expired"):
        await verify(doors, squatters, seen_from=ELSEWHERE, password="the squatter knows it")
    await verify(doors, hers, seen_from=entrance.here, pending=pending)
    with pytest.raises(Problem, match="wrong"):
        await entrance.log_in("Alice", "the squatter knows it")


@pytest.mark.parametrize("setting", ["invitation", "closed"])
async def test_nobody_signs_up_where_it_is_not_open(doors: Doors, entrance: Any, setting: str) -> None:
    shut = replace(doors, settings=msgspec.structs.replace(doors.settings, sign_up=setting))
    with pytest.raises(Problem) as told:
        await sign_up(shut, entrance.newcomer("Alice"), seen_from=entrance.here)
    assert told.value.code == "sign_up_closed"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "alice", "email_invalid"),
        ("email", "a@b\r\nBcc: x@y.z", "email_invalid"),
        ("name", " ", "name_invalid"),
        ("name", "a\x00b", "name_invalid"),
        ("password", "short", "password_length"),
        ("password", "x" * 1025, "password_length"),
        ("password", "Password123", "password_common"),
        ("password", "aaaaaaaaaa", "password_common"),
        ("password", "alice@example.com", "password_common"),
        ("time_zone", "Mars/Olympus", "time_zone_invalid"),
        ("time_zone", "../../etc/passwd", "time_zone_invalid"),
        ("language", "tlh", "language_invalid"),
    ],
)
async def test_what_cannot_be_is_refused(doors: Doors, entrance: Any, field: str, value: str, code: str) -> None:
    newcomer: Newcomer = msgspec.structs.replace(entrance.newcomer("Alice"), **{field: value})
    with pytest.raises(Problem) as told:
        await sign_up(doors, newcomer, seen_from=entrance.here)
    assert told.value.code == code


async def test_one_address_signs_up_twenty_times_an_hour(doors: Doors, entrance: Any, clock: Any) -> None:
    for number in range(20):
        await sign_up(doors, entrance.newcomer(f"Alice{number}"), seen_from=entrance.here)
    with pytest.raises(Problem) as told:
        await sign_up(doors, entrance.newcomer("Bob"), seen_from=entrance.here)
    assert (told.value.code, told.value.retry_after) == ("too_many_tries", 3_600)
    await sign_up(doors, entrance.newcomer("Bob"), seen_from=ELSEWHERE)
    clock.forward(3_600_000)
    await sign_up(doors, entrance.newcomer("Carol"), seen_from=entrance.here)


async def test_the_audit_log_says_who_opened_the_account(doors: Doors, entrance: Any) -> None:
    alice = await entrance.person("Alice")
    async with doors.db.reading() as tx:
        entries = await audit.page(tx, caller_of(alice), None, 10)
    assert [(entry.action, entry.person_id) for entry in entries] == [("account.opened", alice.person_id)]
