"""Telling which messages are stuck: WhatsApp has not acknowledged them in time, or no phone has."""

from collections.abc import Sequence

from messageapi.bus.subjects import BELL_MESSAGE
from messageapi.messages import rows
from messageapi.messages.following.ledger import Ledger
from messageapi.messages.following.row import Row
from messageapi.messages.unanswered import rows as unanswered
from messageapi.messages.unanswered.rows import Overdue
from messageapi.store.db import Tx
from messageapi.store.vault import Sealer
from messageapi.vocab.jid import NEWSLETTER_SERVER, STATUS
from messageapi.web.doors import Doors

AT_ONCE = 500


async def find_stuck(doors: Doors) -> int:
    """Mark and tell up to AT_ONCE of each kind; how many were looked at."""
    server_before, phone_before = _limits(doors)

    async def look(tx: Tx) -> list[Overdue]:
        under_way = await unanswered.under_way(tx, server_before, AT_ONCE)
        return under_way + await unanswered.sent(tx, phone_before, AT_ONCE)

    late = await doors.db.read(look)
    if not late:
        return 0
    sealers = await doors.keyring.sealers(each.account_id for each in late)
    for message_id in await doors.db.writer.run(lambda tx: _mark(doors, tx, late, sealers)):
        doors.bells.ring(BELL_MESSAGE, message_id)
    return len(late)


def _limits(doors: Doors) -> tuple[int, int]:
    now, settings = doors.clock(), doors.settings
    return now - settings.stuck_sending_seconds * 1_000, now - settings.stuck_sent_seconds * 1_000


async def _mark(doors: Doors, tx: Tx, late: Sequence[Overdue], sealers: dict[str, Sealer]) -> list[str]:
    silent = [each.id for each in late if each.chat == STATUS or each.chat.endswith(f"@{NEWSLETTER_SERVER}")]
    await unanswered.expect_no_answer(tx, silent)
    ledger = Ledger(doors.clock(), doors.settings.body_hours)
    ledger.add(await rows.lock(tx, [each.id for each in late if each.account_id in sealers]))
    for row in ledger.by_id.values():
        if _is_stuck(row, *_limits(doors)):
            row.get_stuck(ledger.now)
    return [row.id for row in await ledger.write(tx, sealers)]


def _is_stuck(row: Row, server_before: int, phone_before: int) -> bool:
    """An answer may have come since it was found."""
    if row.stuck_at is not None:
        return False
    if row.status == "sending":
        return (row.sending_at or 0) <= server_before
    return row.status == "sent" and (row.sent_at or 0) <= phone_before
