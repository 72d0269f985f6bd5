"""Sending again what may have left, once, where its sender prefers a second copy to none."""

from collections.abc import Sequence

from messageapi.bus.subjects import BELL_MESSAGE, BELL_SEND
from messageapi.messages import rows
from messageapi.messages.following.ledger import Ledger
from messageapi.messages.unanswered import rows as unanswered
from messageapi.messages.unanswered.rows import Overdue
from messageapi.store.db import Tx
from messageapi.store.vault import Sealer
from messageapi.web.doors import Doors

AT_ONCE = 500


async def resend(doors: Doors) -> int:
    """Put what waited long enough for a receipt back into the queue, in its old place; how many went."""
    before = doors.clock() - doors.settings.resend_after_seconds * 1_000
    late = await doors.db.read(lambda tx: unanswered.resendable(tx, before, AT_ONCE))
    if not late:
        return 0
    sealers = await doors.keyring.sealers(each.account_id for each in late)
    moved = await doors.db.writer.run(lambda tx: _again(doors, tx, late, sealers))
    for each in late:
        if each.id in moved:
            doors.bells.ring(BELL_MESSAGE, each.id)
            doors.bells.ring(BELL_SEND, each.number_id)
    return len(moved)


async def _again(doors: Doors, tx: Tx, late: Sequence[Overdue], sealers: dict[str, Sealer]) -> set[str]:
    """A receipt may have come since they were found."""
    ledger = Ledger(doors.clock(), doors.settings.body_hours)
    ledger.add(await rows.lock(tx, [each.id for each in late if each.account_id in sealers]))
    for row in ledger.by_id.values():
        if row.may_resend:
            row.resend(ledger.now)
    return {row.id for row in await ledger.write(tx, sealers)}
