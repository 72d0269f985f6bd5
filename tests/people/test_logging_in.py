"""Logging in, sessions and their limits."""

from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from messageapi.errors import Problem
from messageapi.people import password as passwords
from messageapi.people.expire import expire
from messageapi.people.logins.session import Begun, resolve
from messageapi.people.logins.sign_in import sign_in
from messageapi.people.logins.sign_out import sign_out
from messageapi.people.person import SeenFrom
from messageapi.people.sign_up import sign_up
from messageapi.store.db import StoreError
from messageapi.store.tables import logins, people
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors

ELSEWHERE = SeenFrom("198.51.100.9", "curl")
HOUR = 3_600_000
DAY = 24 * HOUR


async def test_the_right_password_opens_a_session_of_its_own(entrance: Any) -> None:
    first = await entrance.begun("Alice")
    second = await entrance.log_in("ALICE")
    assert isinstance(second, Begun)
    assert second.token != first.token
    sessions = [await entrance.who(token) for token in (first.token, second.token)]
    assert len({session.session_id for session in sessions}) == 2
    assert len({session.csrf for session in sessions}) == 2
    assert len({session.person_id for session in sessions}) == 1


async def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(doors: Doors, entrance: Any) -> None:
    await entrance.person("Alice")
    told = []
    for email, password in (("alice@example.com", "not that one"), ("nobody@example.com", entrance.password)):
        with pytest.raises(Problem) as refused:
            await sign_in(doors, email=email, password=password, seen_from=entrance.here)
        told.append((refused.value.code, refused.value.status, refused.value.message))
    assert told[0] == told[1]
    assert told[0][:2] == ("login_failed", 401)


async def test_an_unknown_email_costs_the_same_hash(
    monkeypatch: pytest.MonkeyPatch, doors: Doors, entrance: Any
) -> None:
    await entrance.person("Alice")
    verified: list[bytes] = []
    hasher = passwords._hasher

    class Counting:
        hash = hasher.hash
        check_needs_rehash = hasher.check_needs_rehash

        def verify(self, known: str, password: bytes) -> bool:
            verified.append(password)
            return hasher.verify(known, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    for email in ("alice@example.com", "nobody@example.com"):
        with pytest.raises(Problem, match="wrong"):
            await sign_in(doors, email=email, password="not that one", seen_from=entrance.here)
    assert len(verified) == 2


async def test_an_unproved_email_is_told_to_whom_knows_the_password_alone(doors: Doors, entrance: Any) -> None:
    await sign_up(doors, entrance.newcomer("Alice"), seen_from=entrance.here)
    with pytest.raises(Problem) as right:
        await entrance.log_in("Alice")
    with pytest.raises(Problem) as wrong:
        await entrance.log_in("Alice", "not that one")
    assert (right.value.code, wrong.value.code) == ("email_unverified", "login_failed")


async def test_ten_wrong_passwords_shut_the_door_for_that_address_alone(entrance: Any, clock: Any) -> None:
    await entrance.person("Alice")
    for _ in range(10):
        with pytest.raises(Problem, match="wrong"):
            await entrance.log_in("Alice", "not that one")
    with pytest.raises(Problem) as told:
        await entrance.log_in("Alice")
    assert (told.value.code, told.value.status) == ("too_many_tries", 429)
    assert await entrance.log_in("Alice", seen_from=ELSEWHERE)
    clock.forward(15 * 60_000)
    assert await entrance.log_in("Alice")


async def test_the_right_password_lets_the_count_begin_again(entrance: Any) -> None:
    await entrance.person("Alice")
    for _ in range(2):
        for _ in range(9):
            with pytest.raises(Problem, match="wrong"):
                await entrance.log_in("Alice", "not that one")
        assert await entrance.log_in("Alice")


async def test_a_login_from_somewhere_new_is_told_by_mail(entrance: Any, letters: Any) -> None:
    await entrance.person("Alice")
    await entrance.log_in("Alice")
    assert [letter.kind for letter in await letters()] == ["verify_email"]
    await entrance.log_in("Alice", seen_from=ELSEWHERE)
    assert [letter.kind for letter in await letters()] == ["verify_email", "new_login"]


async def test_it_is_told_even_when_no_session_is_open(doors: Doors, entrance: Any, letters: Any, clock: Any) -> None:
    """Whoever logs out is not the one who hears nothing when somebody else comes in."""
    begun = await entrance.begun("Alice")
    await sign_out(doors, begun.token)
    await entrance.log_in("Alice")
    assert [letter.kind for letter in await letters()] == ["verify_email"]
    clock.forward(100 * DAY)
    await entrance.log_in("Alice", seen_from=ELSEWHERE)
    assert [letter.kind for letter in await letters()] == ["verify_email", "new_login"]


async def test_a_place_is_remembered_for_half_a_year(doors: Doors, entrance: Any, letters: Any, clock: Any) -> None:
    await entrance.begun("Alice")
    for days in (179, 1):
        clock.forward(days * DAY)
        await doors.db.writer.run(lambda tx: expire(tx, now=clock(), idle_hours=72))
        await entrance.log_in("Alice")
    assert [letter.kind for letter in await letters()] == ["verify_email", "new_login"]


async def test_pages_are_read_while_nothing_can_be_written(
    doors: Doors, entrance: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = await entrance.begun("Alice")
    clock.forward(HOUR)

    async def full(_work: object) -> None:
        raise StoreError("disk_full", "no space left", permanent=False)

    monkeypatch.setattr(doors.db.writer, "run", full)
    assert await resolve(doors, begun.token)


async def test_logging_out_ends_the_session_and_no_other(doors: Doors, entrance: Any) -> None:
    first, second = await entrance.begun("Alice"), await entrance.log_in("Alice")
    await sign_out(doors, first.token)
    await sign_out(doors, first.token)
    assert await resolve(doors, first.token) is None
    assert await resolve(doors, second.token)


async def test_the_database_holds_no_token_and_no_password(doors: Doors, entrance: Any) -> None:
    begun = await entrance.begun("Alice")
    async with doors.db.reading() as tx:
        rows = [*await tx.rows(select(logins)), *await tx.rows(select(people))]
    assert begun.token not in repr([tuple(row) for row in rows])
    assert entrance.password not in repr([tuple(row) for row in rows])


@pytest.mark.parametrize("token", ["", "x", "ü", "\ud800", "a" * 100_000])
async def test_other_tokens_open_nothing(doors: Doors, token: str) -> None:
    assert await resolve(doors, token) is None


async def test_a_session_that_nobody_uses_ends(doors: Doors, entrance: Any, clock: Any) -> None:
    begun = await entrance.begun("Alice")
    for _ in range(3):
        clock.forward(72 * HOUR - 1)
        assert await resolve(doors, begun.token)
    clock.forward(72 * HOUR)
    assert await resolve(doors, begun.token) is None


async def test_a_session_that_is_used_every_day_ends_after_a_month(doors: Doors, entrance: Any, clock: Any) -> None:
    begun = await entrance.begun("Alice")
    assert begun.max_age == 30 * 24 * 3_600
    for _ in range(29):
        clock.forward(DAY)
        assert await resolve(doors, begun.token)
    clock.forward(DAY)
    assert await resolve(doors, begun.token) is None


async def test_a_hash_with_old_parameters_is_renewed_at_login(doors: Doors, entrance: Any) -> None:
    alice = await entrance.person("Alice")
    weak = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(entrance.password)

    async def weaken(tx: Tx) -> None:
        await tx.execute(update(people).where(people.c.id == alice.person_id).values(password=weak))

    await doors.db.writer.run(weaken)
    assert await entrance.log_in("Alice")
    async with doors.db.reading() as tx:
        stored = await tx.scalar(select(people.c.password).where(people.c.id == alice.person_id))
    assert passwords.outdated(weak)
    assert not passwords.outdated(stored)
    assert await entrance.log_in("Alice")
