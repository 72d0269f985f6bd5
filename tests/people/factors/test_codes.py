"""Codes from an app: set up, asked for, never taken twice; and the codes that stand in for a lost phone."""

from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from messageapi.errors import Problem
from messageapi.people.factors.recovery import codes_left, renew_codes
from messageapi.people.factors.step import with_code, with_recovery_code
from messageapi.people.factors.totp import confirm_totp, remove_totp, start_totp
from messageapi.people.logins.session import Begun, resolve
from messageapi.people.logins.sign_in import NeedsSecond
from messageapi.people.reset import ask_for_reset, reset
from messageapi.store.tables import people, recovery_codes
from messageapi.web.doors import Doors


async def asked(entrance: Any) -> str:
    """Alice gives her password; the token of the step that follows."""
    step = await entrance.log_in("Alice")
    assert isinstance(step, NeedsSecond)
    assert step.methods == ("code", "recovery")
    return step.token


async def test_the_password_and_a_code_open_a_session(doors: Doors, entrance: Any, alice: Any) -> None:
    step = await asked(entrance)
    assert await resolve(doors, step) is None
    who = await entrance.who((await with_code(doors, step, alice.app.code(), seen_from=entrance.here)).token)
    assert (who.name, who.second_done, who.has_second) == ("Alice", True, True)


async def test_nothing_is_asked_for_before_the_first_code_was_shown(doors: Doors, entrance: Any) -> None:
    await start_totp(doors, await entrance.person("Alice"))
    assert isinstance(await entrance.log_in("Alice"), Begun)


async def test_a_wrong_first_code_changes_nothing(doors: Doors, entrance: Any) -> None:
    who = await entrance.person("Alice")
    with pytest.raises(Problem, match="No app waits"):
        await confirm_totp(doors, who, "000000")
    await start_totp(doors, who)
    with pytest.raises(Problem) as told:
        await confirm_totp(doors, who, "nonsense")
    assert told.value.code == "code_wrong"
    assert isinstance(await entrance.log_in("Alice"), Begun)


@pytest.mark.parametrize("off", [-1, 0, 1])
async def test_the_phones_clock_may_be_off_by_half_a_minute(
    doors: Doors, entrance: Any, alice: Any, clock: Any, off: int
) -> None:
    clock.forward(60_000)  # away from the code that set it up
    assert await with_code(doors, await asked(entrance), alice.app.code(off), seen_from=entrance.here)


@pytest.mark.parametrize("off", [-2, 2])
async def test_older_and_later_codes_are_refused(doors: Doors, entrance: Any, alice: Any, clock: Any, off: int) -> None:
    clock.forward(90_000)
    with pytest.raises(Problem, match="not right"):
        await with_code(doors, await asked(entrance), alice.app.code(off), seen_from=entrance.here)


async def test_no_code_works_twice(doors: Doors, entrance: Any, alice: Any, clock: Any) -> None:
    """Nor one that came before it."""
    clock.forward(60_000)
    code, older = alice.app.code(), alice.app.code(-1)
    await with_code(doors, await asked(entrance), code, seen_from=entrance.here)
    for used in (code, older):
        with pytest.raises(Problem, match="not right"):
            await with_code(doors, await asked(entrance), used, seen_from=entrance.here)


async def test_the_code_that_set_it_up_opens_nothing(doors: Doors, entrance: Any, alice: Any, clock: Any) -> None:
    clock.forward(-30_000)
    with pytest.raises(Problem, match="not right"):
        await with_code(doors, await asked(entrance), alice.app.code(), seen_from=entrance.here)


async def test_five_wrong_codes_end_the_login(doors: Doors, entrance: Any, alice: Any) -> None:
    step = await asked(entrance)
    for _ in range(5):
        with pytest.raises(Problem, match="not right"):
            await with_code(doors, step, "000000" if alice.app.code() != "000000" else "1", seen_from=entrance.here)
    with pytest.raises(Problem) as told:
        await with_code(doors, step, alice.app.code(), seen_from=entrance.here)
    assert told.value.code == "login_expired"


async def test_whoever_knows_the_password_has_twenty_tries_an_hour(doors: Doors, entrance: Any, alice: Any) -> None:
    step = ""
    for number in range(20):
        step = await asked(entrance) if number % 5 == 0 else step
        with pytest.raises(Problem, match="not right"):
            await with_code(doors, step, "x", seen_from=entrance.here)
    with pytest.raises(Problem, match="too often"):
        await with_code(doors, await asked(entrance), alice.app.code(), seen_from=entrance.here)


async def test_the_step_ends_after_ten_minutes(doors: Doors, entrance: Any, alice: Any, clock: Any) -> None:
    step = await asked(entrance)
    clock.forward(600_000)
    with pytest.raises(Problem, match="too long"):
        await with_code(doors, step, alice.app.code(), seen_from=entrance.here)


async def test_a_new_password_by_mail_does_not_get_past_it(
    doors: Doors, entrance: Any, alice: Any, letters: Any
) -> None:
    await ask_for_reset(doors, email="alice@example.com", seen_from=entrance.here)
    step = await reset(doors, (await letters())[-1].token, "staple orbit lantern", seen_from=entrance.here)
    assert isinstance(step, NeedsSecond)
    assert await with_code(doors, step.token, alice.app.code(), seen_from=entrance.here)


async def test_a_recovery_code_works_once_however_it_is_typed(
    doors: Doors, entrance: Any, alice: Any, letters: Any
) -> None:
    code = alice.recovery_codes[3]
    typed = f" {code.upper().replace('-', ' ')} "
    begun = await with_recovery_code(doors, await asked(entrance), typed, seen_from=entrance.here)
    assert await codes_left(doors, await entrance.who(begun.token)) == 9
    assert [letter.kind for letter in await letters()] == ["verify_email", "login_changed", "login_changed"]
    with pytest.raises(Problem, match="not right"):
        await with_recovery_code(doors, await asked(entrance), code, seen_from=entrance.here)


async def test_somebody_elses_recovery_code_is_none(doors: Doors, entrance: Any, alice: Any) -> None:
    """Bob has no app, so his step is none either: the code is tried in Alice's."""
    bob = await entrance.person("Bob")
    await start_totp(doors, bob)
    with pytest.raises(Problem, match="second factor"):
        await renew_codes(doors, bob)
    assert len(set(alice.recovery_codes)) == 10


async def test_new_recovery_codes_make_the_old_ones_void(doors: Doors, entrance: Any, alice: Any) -> None:
    fresh = await renew_codes(doors, await entrance.who(alice.token))
    with pytest.raises(Problem, match="not right"):
        await with_recovery_code(doors, await asked(entrance), alice.recovery_codes[0], seen_from=entrance.here)
    assert await with_recovery_code(doors, await asked(entrance), fresh[0], seen_from=entrance.here)


async def test_turning_it_off_takes_the_recovery_codes_along(doors: Doors, entrance: Any, alice: Any) -> None:
    who = await entrance.who(alice.token)
    await remove_totp(doors, who)
    await remove_totp(doors, who)
    assert isinstance(await entrance.log_in("Alice"), Begun)
    assert await codes_left(doors, who) == 0


async def test_an_app_is_not_replaced_before_it_was_turned_off(doors: Doors, entrance: Any, alice: Any) -> None:
    with pytest.raises(Problem) as told:
        await start_totp(doors, await entrance.who(alice.token))
    assert told.value.code == "second_exists"


async def test_a_stolen_session_of_yesterday_changes_no_factor(
    doors: Doors, entrance: Any, alice: Any, clock: Any
) -> None:
    clock.forward(15 * 60_000)
    who = await entrance.who(alice.token)
    for change in (remove_totp, start_totp, renew_codes):
        with pytest.raises(Problem) as told:
            await change(doors, who)
        assert told.value.code == "confirm_needed"


async def test_a_factor_ends_the_sessions_that_never_showed_it(doors: Doors, entrance: Any, clock: Any) -> None:
    first, second = await entrance.begun("Alice"), await entrance.log_in("Alice")
    who = await entrance.who(first.token)
    setup = await start_totp(doors, who)
    enabled = await confirm_totp(doors, who, pyotp.TOTP(setup.secret).generate_otp(clock() // 30_000))
    assert [await resolve(doors, old.token) for old in (first, second)] == [None, None]
    assert (await entrance.who(enabled.begun.token)).second_done


async def test_the_database_holds_neither_secret_nor_codes(doors: Doors, entrance: Any) -> None:
    who = await entrance.person("Alice")
    setup = await start_totp(doors, who)
    assert setup.uri.startswith("otpauth://totp/MessageAPI:alice%40example.com?secret=")
    async with doors.db.reading() as tx:
        rows = [*await tx.rows(select(people)), *await tx.rows(select(recovery_codes))]
    assert setup.secret.encode() not in b"".join(value for row in rows for value in row if isinstance(value, bytes))
