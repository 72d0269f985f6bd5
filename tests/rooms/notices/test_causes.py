"""Which happenings are worth an email, and which are not."""

from functools import partial
from typing import Any

import pytest

from messageapi.accounts.create import create_account
from messageapi.notices.send import send_due
from messageapi.numbers.create import create
from messageapi.numbers.number import Number
from messageapi.numbers.states import State
from messageapi.numbers.transition import move
from messageapi.store.db import Tx
from messageapi.vocab.caller import operator_for
from messageapi.web.doors import Doors


@pytest.fixture
async def moved(doors: Doors) -> Any:
    alice = operator_for(await create_account(doors, name="Alice", email="alice@example.com"))
    number = await create(doors, alice, name="Shop", network="sandbox")

    async def step(current: Number, state: State, reason: str | None, tx: Tx) -> Number | None:
        return await move(doors, tx, current, state, reason)

    async def through(*states: tuple[State, str | None]) -> list[str]:
        """The texts of the emails that came of it, the newest first."""
        current = number
        for state, reason in states:
            there = await doors.db.writer.run(partial(step, current, state, reason))
            assert there is not None
            current = there
        await send_due(doors)
        kept = await doors.mail.newest(9)
        assert kept is not None
        assert {email.to for email in kept} <= {"alice@example.com"}
        return [email.text for email in kept]

    return through


UP: list[tuple[State, str | None]] = [("linking", "linking"), ("connecting", "opening"), ("connected", None)]


@pytest.mark.parametrize(
    ("state", "reason", "told"),
    [
        ("logged_out", "logged_out", "Link it again to keep sending."),
        ("logged_out", "refused", "WhatsApp refused the login."),
        ("banned", "banned", "WhatsApp has banned this number for a time."),
    ],
)
async def test_a_number_that_needs_somebody_writes_a_letter(moved: Any, state: State, reason: str, told: str) -> None:
    (text,) = await moved(*UP, (state, reason))
    assert "Your number Shop is not connected" in text
    assert told in text


@pytest.mark.parametrize(
    "then",
    [
        [("logged_out", "unlinked")],
        [("reconnecting", "network"), ("connected", None)],
        [("degraded", "quiet"), ("connected", None)],
        [("stopped", "stopped")],
    ],
)
async def test_what_passes_and_what_the_owner_did_does_not(moved: Any, then: list[tuple[State, str]]) -> None:
    assert await moved(*UP, *then) == []
