"""What is over is deleted: links, counts of tries, sessions, and old entries of the audit log."""

from typing import Any

from sqlalchemy import func, select

from messageapi.audit import find as audit
from messageapi.audit.expire import expire as expire_audit
from messageapi.people.caller import caller_of
from messageapi.people.expire import expire
from messageapi.people.membership.invite import invite
from messageapi.people.reset import ask_for_reset
from messageapi.store.tables import invitations, logins, slips, tries
from messageapi.web.doors import Doors

HOUR = 3_600_000
PLACES = 2
"""What is remembered of where Alice logged in: that it was somewhere, and that it was here."""


async def counted(doors: Doors) -> dict[str, int]:
    async with doors.db.reading() as tx:
        return {
            table.name: await tx.scalar(select(func.count()).select_from(table))
            for table in (slips, tries, logins, invitations)
        }


async def test_what_is_over_is_deleted_and_nothing_else(doors: Doors, entrance: Any, clock: Any) -> None:
    alice = caller_of(await entrance.person("Alice"))
    await invite(doors, alice, email="bob@example.com", role="viewer")
    await ask_for_reset(doors, email="alice@example.com", seen_from=entrance.here)

    async def gone() -> int:
        return await doors.db.writer.run(lambda tx: expire(tx, now=clock(), idle_hours=72))

    before = await counted(doors)
    assert before["slips"] == before["logins"] == 1
    assert await gone() == 0
    clock.forward(HOUR)
    assert await gone() == 1 + before["tries"] - PLACES
    assert await counted(doors) == {"slips": 0, "tries": PLACES, "logins": 1, "invitations": 1}
    clock.forward(71 * HOUR)
    assert await gone() == 1
    clock.forward(4 * 24 * HOUR)
    assert await gone() == 1
    assert await counted(doors) == {"slips": 0, "tries": PLACES, "logins": 0, "invitations": 0}
    clock.forward(173 * 24 * HOUR)
    assert await gone() == 1


async def test_the_audit_log_forgets_after_its_days(doors: Doors, entrance: Any, clock: Any) -> None:
    alice = caller_of(await entrance.person("Alice"))

    async def gone() -> int:
        return await doors.db.writer.run(lambda tx: expire_audit(tx, now=clock(), days=400))

    clock.forward(400 * 24 * HOUR)
    assert await gone() == 0
    clock.forward(1)
    assert await gone() == 1
    async with doors.db.reading() as tx:
        assert await audit.page(tx, alice, None, 10) == []
