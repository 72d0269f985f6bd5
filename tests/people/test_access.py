"""An operator looks at an account that lets them, for a time, and as a viewer; both sides' audit logs tell of it."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from messageapi.audit import find as audit
from messageapi.errors import Problem
from messageapi.people.access import find
from messageapi.people.access.ask import ask
from messageapi.people.access.grant import HOURS, end, grant
from messageapi.people.access.look import Sights, leave, look
from messageapi.people.caller import READING, caller_of
from messageapi.people.expire import expire
from messageapi.people.logins.session import SignedIn, resolve
from messageapi.people.logins.sessions import switch_account
from messageapi.people.membership.find import members
from messageapi.people.membership.invite import accept_as_newcomer, invite
from messageapi.store.tables import people
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

HOUR = 3_600_000
DAY = 24 * HOUR
WHY = "Ticket 7: your number does not connect"


async def promoted(doors: Doors, person_id: str, *, operator: bool = True) -> None:
    await doors.db.writer.run(
        lambda tx: tx.execute(update(people).where(people.c.id == person_id).values(operator=operator))
    )


@pytest.fixture
async def olga(doors: Doors, entrance: Any) -> str:
    """The token of somebody who runs the server."""
    begun = await entrance.begun("Olga")
    await promoted(doors, (await entrance.who(begun.token)).person_id)
    return str(begun.token)


@pytest.fixture
async def alice(entrance: Any) -> SignedIn:
    found: SignedIn = await entrance.person("Alice")
    return found


@pytest.fixture
async def asked(doors: Doors, entrance: Any, olga: str, alice: SignedIn) -> str:
    return await ask(doors, await entrance.who(olga), alice.account_id, reason=WHY)


@pytest.fixture
async def looking(doors: Doors, entrance: Any, olga: str, alice: SignedIn, asked: str) -> str:
    """Olga's token once she looks at Alice's account, for an hour."""
    await grant(doors, alice, asked, hours=1)
    return (await look(doors, await entrance.who(olga), alice.account_id)).token


async def noted(doors: Doors, caller: Caller) -> list[tuple[str, str | None]]:
    async with doors.db.reading() as tx:
        found = await audit.page(tx, caller, None, 50, action="access.")
    return [(entry.action, entry.person_name) for entry in reversed(found)]


async def test_nothing_is_seen_before_it_is_granted(doors: Doors, entrance: Any, olga: str, alice: SignedIn) -> None:
    who = await entrance.who(olga)
    with pytest.raises(Problem) as told:
        await look(doors, who, alice.account_id)
    assert told.value.code == "access_missing"
    await ask(doors, who, alice.account_id, reason=WHY)
    with pytest.raises(Problem) as told:
        await look(doors, who, alice.account_id)
    assert told.value.code == "access_missing"
    assert (await entrance.who(olga)).account_id == who.account_id


async def test_who_looks_is_a_viewer_of_that_account_and_a_member_of_none(
    doors: Doors, entrance: Any, olga: str, alice: SignedIn, looking: str
) -> None:
    assert await resolve(doors, olga) is None
    who = await entrance.who(looking)
    assert (who.account_id, who.role) == (alice.account_id, "viewer")
    assert who.looking.account == "Alice"
    assert caller_of(who).scopes == READING
    async with doors.db.reading() as tx:
        assert [each.name for each in await members(tx, caller_of(alice))] == ["Alice"]


async def test_it_is_over_when_its_time_is(doors: Doors, entrance: Any, olga: str, looking: str, clock: Any) -> None:
    clock.forward(HOUR - 1)
    assert (await entrance.who(looking)).looking
    clock.forward(1)
    who = await entrance.who(looking)
    assert (who.looking, who.name, who.role) == (None, "Olga", "owner")


async def test_the_owner_ends_it_at_once(
    doors: Doors, entrance: Any, alice: SignedIn, looking: str, asked: str
) -> None:
    theirs = (await entrance.who(looking)).account_id
    await end(doors, alice, asked)
    who = await entrance.who(looking)
    assert who.looking is None
    assert who.account_id != theirs
    with pytest.raises(Problem) as told:
        await look(doors, who, alice.account_id)
    assert told.value.code == "access_missing"


async def test_who_runs_the_server_no_more_sees_nothing_more(doors: Doors, entrance: Any, looking: str) -> None:
    await promoted(doors, (await entrance.who(looking)).person_id, operator=False)
    assert (await entrance.who(looking)).looking is None


async def test_another_operator_has_to_ask_for_themselves(
    doors: Doors, entrance: Any, alice: SignedIn, looking: str
) -> None:
    oskar = await entrance.begun("Oskar")
    await promoted(doors, (await entrance.who(oskar.token)).person_id)
    with pytest.raises(Problem) as told:
        await look(doors, await entrance.who(oskar.token), alice.account_id)
    assert told.value.code == "access_missing"


async def test_only_an_operator_asks(doors: Doors, entrance: Any, alice: SignedIn) -> None:
    charlie = await entrance.person("Charlie")
    with pytest.raises(Problem) as told:
        await ask(doors, charlie, alice.account_id, reason=WHY)
    assert told.value.code == "operator_only"


async def test_leaving_goes_home_and_the_account_still_lets_them(
    doors: Doors, entrance: Any, alice: SignedIn, looking: str
) -> None:
    home = await leave(doors, await entrance.who(looking))
    assert await resolve(doors, looking) is None
    who = await entrance.who(home.token)
    assert (who.looking, who.role) == (None, "owner")
    again = await look(doors, who, alice.account_id)
    assert (await entrance.who(again.token)).account_id == alice.account_id


async def test_looking_makes_no_session_longer(
    doors: Doors, entrance: Any, looking: str, alice: SignedIn, clock: Any
) -> None:
    clock.forward(HOUR // 2)
    home = await leave(doors, await entrance.who(looking))
    assert home.max_age == 30 * 24 * 3_600 - 1_800


async def refused(doors: Doors, who: SignedIn, access_id: str) -> set[str]:
    """With which codes somebody may neither grant nor end it."""
    codes = set()
    for attempt in (partial(grant, doors, who, access_id, hours=1), partial(end, doors, who, access_id)):
        with pytest.raises(Problem) as told:
            await attempt()
        codes.add(told.value.code)
    return codes


async def test_a_viewer_lets_nobody_in(doors: Doors, entrance: Any, letters: Any, alice: SignedIn, asked: str) -> None:
    await invite(doors, caller_of(alice), email="bob@example.com", role="viewer")
    token = (await letters())[-1].token
    begun = await accept_as_newcomer(doors, token, entrance.newcomer("Bob"), seen_from=entrance.here)
    assert await refused(doors, await entrance.who(begun.token), asked) == {"role_exceeded"}


async def test_an_owner_of_another_account_neither_sees_nor_answers_it(
    doors: Doors, entrance: Any, alice: SignedIn, asked: str
) -> None:
    charlie = await entrance.person("Charlie")
    assert await refused(doors, charlie, asked) == {"access_not_found"}
    async with doors.db.reading() as tx:
        assert await find.every_open(tx, caller_of(charlie), doors.clock()) == []
        [waiting] = await find.every_open(tx, caller_of(alice), doors.clock())
    assert waiting.granted_at is None


async def test_who_looks_grants_themselves_nothing(doors: Doors, entrance: Any, looking: str, asked: str) -> None:
    assert await refused(doors, await entrance.who(looking), asked) == {"role_exceeded"}
    assert (await entrance.who(looking)).looking


async def test_granting_asks_for_the_password_again_and_for_a_time(
    doors: Doors, alice: SignedIn, asked: str, clock: Any
) -> None:
    for hours in (0, 2, 73, -1):
        with pytest.raises(Problem) as told:
            await grant(doors, alice, asked, hours=hours)
        assert told.value.code == "hours_invalid"
    clock.forward(15 * 60_000)
    with pytest.raises(Problem) as told:
        await grant(doors, alice, asked, hours=HOURS[0])
    assert told.value.code == "confirm_needed"


async def test_nobody_answers_a_question_of_last_week(
    doors: Doors, entrance: Any, alice: SignedIn, asked: str, clock: Any
) -> None:
    clock.forward(7 * DAY)
    begun = await entrance.log_in("Alice")
    who = await entrance.who(begun.token)
    assert not who.access_asked
    with pytest.raises(Problem) as told:
        await grant(doors, who, asked, hours=1)
    assert told.value.code == "access_not_found"


async def test_asking_again_replaces_what_was_asked_and_writes_to_who_decides(
    doors: Doors, entrance: Any, letters: Any, alice: SignedIn, olga: str, asked: str
) -> None:
    assert [(each.kind, each.to) for each in await letters()][-1] == ("access_asked", "alice@example.com")
    second = await ask(doors, await entrance.who(olga), alice.account_id, reason="Ticket 8")
    async with doors.db.reading() as tx:
        [waiting] = await find.every_open(tx, caller_of(alice), doors.clock())
    assert (waiting.id, waiting.reason, waiting.asked_name) == (second, "Ticket 8", "Olga")
    with pytest.raises(Problem) as told:
        await grant(doors, alice, asked, hours=1)
    assert told.value.code == "access_not_found"
    await grant(doors, alice, second, hours=1)
    with pytest.raises(Problem) as told:
        await ask(doors, await entrance.who(olga), alice.account_id, reason="Ticket 9")
    assert told.value.code == "access_exists"


@pytest.mark.parametrize("reason", ["", "  ", "a\x00b", "x" * 501])
async def test_a_reason_is_needed(doors: Doors, entrance: Any, olga: str, alice: SignedIn, reason: str) -> None:
    with pytest.raises(Problem) as told:
        await ask(doors, await entrance.who(olga), alice.account_id, reason=reason)
    assert told.value.code == "reason_invalid"


async def test_an_account_that_is_none_cannot_be_asked(doors: Doors, entrance: Any, olga: str) -> None:
    with pytest.raises(Problem) as told:
        await ask(doors, await entrance.who(olga), "acc_nobody", reason=WHY)
    assert told.value.status == 404


async def test_the_session_of_each_says_what_goes_on(
    doors: Doors, entrance: Any, alice: SignedIn, asked: str, clock: Any
) -> None:
    token = (await entrance.log_in("Alice")).token
    who = await entrance.who(token)
    assert (who.access_asked, who.access_until) == (True, None)
    await grant(doors, alice, asked, hours=4)
    who = await entrance.who(token)
    assert (who.access_asked, who.access_until) == (False, clock() + 4 * HOUR)
    await end(doors, alice, asked)
    who = await entrance.who(token)
    assert (who.access_asked, who.access_until) == (False, None)
    charlie = await entrance.person("Charlie")
    assert (charlie.access_asked, charlie.access_until) == (False, None)


async def test_both_audit_logs_tell_all_of_it(
    doors: Doors, entrance: Any, alice: SignedIn, looking: str, asked: str, clock: Any
) -> None:
    who, sights = await entrance.who(looking), Sights(doors)
    for _ in range(2):
        await sights.saw(who, "/messages")
    clock.forward(600_000)
    await sights.saw(who, "/messages")
    home = await leave(doors, who)
    await end(doors, alice, asked)
    begun = [("access.asked", "Olga"), ("access.granted", "Alice"), ("access.begun", "Olga")]
    ended = [("access.left", "Olga"), ("access.ended", "Alice")]
    assert await noted(doors, caller_of(alice)) == [*begun, *[("access.saw", "Olga")] * 2, *ended]
    assert await noted(doors, caller_of(await entrance.who(home.token))) == [*begun, *ended]


async def test_a_refusal_is_noted_as_one(doors: Doors, entrance: Any, alice: SignedIn, olga: str, asked: str) -> None:
    await end(doors, alice, asked)
    expected = [("access.asked", "Olga"), ("access.refused", "Alice")]
    assert await noted(doors, caller_of(alice)) == expected
    assert await noted(doors, caller_of(await entrance.who(olga))) == expected


async def test_what_is_over_is_deleted_and_lets_nobody_in(
    doors: Doors, entrance: Any, alice: SignedIn, looking: str, clock: Any
) -> None:
    clock.forward(HOUR)
    await doors.db.writer.run(lambda tx: expire(tx, now=clock(), idle_hours=72))
    who = await entrance.who(looking)
    assert who.looking is None
    begun = await switch_account(doors, who, who.account_id)
    assert (await entrance.who(begun.token)).looking is None
