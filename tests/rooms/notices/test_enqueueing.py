"""A notice is written down with its cause and says nothing to whoever reads the database."""

from pathlib import Path

import pytest
from sqlalchemy import select

from messageapi.bus.subjects import BELL_NOTICES
from messageapi.notices.enqueue import enqueue, opened
from messageapi.notices.facts import Recipient, ResetPassword, VerifyEmail
from messageapi.store.db import Tx
from messageapi.store.tables import notices
from messageapi.web.doors import Doors

MAYA = Recipient(email="maya@example.com", name="Maya")
FACTS = VerifyEmail(path="/verify?token=canary-7c1f", hours=24)


async def test_it_is_gone_when_its_cause_is_rolled_back(doors: Doors) -> None:
    rung: list[str] = []
    doors.bells.listen(BELL_NOTICES, rung.append)

    async def fails(tx: Tx) -> None:
        await enqueue(tx, doors, MAYA, FACTS)
        raise ValueError("the cause failed")

    with pytest.raises(ValueError, match="the cause failed"):
        await doors.db.writer.run(fails)
    async with doors.db.reading() as tx:
        assert await tx.rows(select(notices)) == []
    assert rung == []


async def test_address_and_token_are_sealed(doors: Doors, tmp_path: Path) -> None:
    notice_id = await doors.db.writer.run(lambda tx: enqueue(tx, doors, MAYA, FACTS))
    async with doors.db.reading() as tx:
        row = await tx.row(select(notices))
    assert row is not None
    assert row.id == notice_id
    assert opened(doors, row.id, row.sealed).facts == FACTS
    await doors.db.close()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()) + repr(row).encode()
    assert b"verify_email" in kept
    assert b"canary-7c1f" not in kept
    assert b"maya@example.com" not in kept


async def test_a_link_is_given_up_when_it_leads_nowhere_any_more(doors: Doors) -> None:
    await doors.db.writer.run(lambda tx: enqueue(tx, doors, MAYA, ResetPassword(path="/reset?token=x", minutes=30)))
    async with doors.db.reading() as tx:
        row = await tx.row(select(notices))
    assert row is not None
    assert row.expires_at - row.created_at == 30 * 60_000


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nBcc: c@d", "a@b, c@d", "<a@b>", "a b@c"])
async def test_what_is_no_address_gets_no_letter(doors: Doors, address: str) -> None:
    to = Recipient(email=address)
    assert await doors.db.writer.run(lambda tx: enqueue(tx, doors, to, FACTS)) is None
