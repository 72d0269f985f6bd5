"""Which happenings are worth an email, and which are not."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert

from messageapi.accounts.create import create_account
from messageapi.notices.account import tell_account
from messageapi.notices.facts import WebhookDisabled
from messageapi.notices.send import send_due
from messageapi.numbers.create import create
from messageapi.numbers.number import Number
from messageapi.numbers.states import State
from messageapi.numbers.transition import move
from messageapi.store.db import Tx
from messageapi.store.tables import memberships, people
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


async def person(doors: Doors, account_id: str, name: str, *, role: str = "owner", verified: bool = True) -> None:
    """Somebody with a login, as their rows are."""
    now = doors.clock()
    values = {
        "id": f"per_{name}",
        "email": f"{name}@example.com",
        "name": name,
        "password": "",
        "password_at": now,
        "verified_at": now if verified else None,
        "time_zone": "UTC",
        "language": "en",
        "operator": False,
        "sealed_key": b"",
        "created_at": now,
    }
    belongs = {"account_id": account_id, "person_id": values["id"], "role": role, "created_at": now}

    async def work(tx: Tx) -> None:
        await tx.execute(insert(people), values)
        await tx.execute(insert(memberships), belongs)

    await doors.db.writer.run(work)


async def test_an_account_with_people_is_told_through_its_owners(doors: Doors) -> None:
    mine = await create_account(doors, name="Alice", email="operator@localhost")
    other = await create_account(doors, name="Other", email="other@example.com")
    await person(doors, mine, "olga")
    await person(doors, mine, "otto")
    await person(doors, mine, "vera", role="viewer")
    await person(doors, mine, "anna", role="admin")
    await person(doors, mine, "unproved", verified=False)
    await person(doors, other, "stranger")
    told = WebhookDisabled(webhook_id="whk_1", description="", reason="It failed.")
    assert await doors.db.writer.run(lambda tx: tell_account(tx, doors, mine, told)) == 2
    await send_due(doors)
    assert {email.to for email in await doors.mail.newest(9) or []} == {"olga@example.com", "otto@example.com"}


async def test_an_account_that_is_gone_is_told_nothing(doors: Doors) -> None:
    told = WebhookDisabled(webhook_id="whk_1", description="", reason="It failed.")
    assert await doors.db.writer.run(lambda tx: tell_account(tx, doors, "acc_gone", told)) == 0
