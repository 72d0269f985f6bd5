"""Reports of engines in one transaction: rows locked, moved in memory in the order of the reports, written together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from messageapi.messages import announce, rows
from messageapi.messages.following.row import Row
from messageapi.messages.rows import WaKey
from messageapi.store.db import Tx
from messageapi.store.vault import Sealer


class Following(NamedTuple):
    """As the settings have it by default. `patience_ms`: for so long a message that cannot go is tried again.
    `poll_hours`: for so long a poll is kept after it was sent, because votes name its options by hashes only.
    """

    patience_ms: int = 15 * 60_000
    poll_hours: int = 168


_AS_USUAL = Following()
_HOUR_MS = 3_600_000


class Early(NamedTuple):
    """A receipt that came before its message had a WhatsApp id."""

    kind: str
    at: int


class Ledger:
    """One transaction's view of the messages that reports are about."""

    def __init__(self, now: int, hours: int, following: Following = _AS_USUAL) -> None:
        self.now = now
        self.hours = hours
        self.patience_ms = following.patience_ms
        self._poll_hours = following.poll_hours
        self.by_id: dict[str, Row] = {}
        self.by_wa: dict[WaKey, Row] = {}
        self._early: dict[WaKey, list[Early]] = {}
        self._kept: list[tuple[WaKey, Early]] = []
        self._used: list[WaKey] = []

    async def load(self, tx: Tx, ids: Sequence[str], named: Sequence[WaKey], sent: Mapping[WaKey, str]) -> None:
        """Lock the messages with these ids or WhatsApp ids; `sent` are the WhatsApp ids the outcomes bring, and of
        which messages: nobody has to look for those.
        """
        self.add(await rows.lock(tx, ids))
        brought = {key for key, of in sent.items() if of in self.by_id and self.by_id[of].number_id == key[0]}
        named = [key for key in named if key not in brought]
        self.add(await rows.lock_by_wa(tx, [key for key in named if key not in self.by_wa]))
        self.add(await rows.lock_by_earlier_wa(tx, [key for key in named if key not in self.by_wa]))
        for number_id, wa_id, kind, at in await rows.early(tx, sent):
            self._early.setdefault((number_id, wa_id), []).append(Early(kind, at))

    def add(self, found: Iterable[Row]) -> None:
        for row in found:
            known = self.by_id.setdefault(row.id, row)
            for wa_id in (known.wa_id, known.earlier_wa_id):
                if wa_id:
                    self.by_wa[known.number_id, wa_id] = known

    def named(self, row: Row, wa_id: str, *, earlier: bool = False) -> list[Early]:
        """The message has this WhatsApp id from now on, or an attempt before; receipts that had come for it before."""
        if earlier:
            row.earlier_wa_id = wa_id
        else:
            row.wa_id = wa_id
        key = (row.number_id, wa_id)
        self.by_wa[key] = row
        early = self._early.pop(key, [])
        if early:
            self._used.append(key)
        return early

    def keep(self, key: WaKey, receipt: Early) -> None:
        """No message has this WhatsApp id yet: the receipt waits for it."""
        self._early.setdefault(key, []).append(receipt)
        self._kept.append((key, receipt))

    async def write(self, tx: Tx, sealers: dict[str, Sealer]) -> list[Row]:
        """Write all that moved; the messages whose status is another one now."""
        moved = [row for row in self.by_id.values() if row.changed]
        await rows.save(tx, moved)
        await rows.park(tx, [row for row in moved if row.parked is not None])
        await rows.change_targets(tx, [row for row in moved if row.taken])
        polls = [row.id for row in moved if row.body_ends and row.votes_come and self._poll_hours]
        await rows.expire_bodies(tx, polls, self.now + self._poll_hours * _HOUR_MS)
        await rows.drop_bodies(tx, [row.id for row in moved if row.body_ends and row.id not in polls])
        doubtful = [row.id for row in moved if row.status == "unconfirmed"]
        await rows.expire_bodies(tx, doubtful, self.now + self.hours * _HOUR_MS)
        await rows.expire_bodies(tx, [row.id for row in moved if row.waits_again], None)
        waiting = [(key, early) for key, early in self._kept if key in self._early]
        await rows.keep_early(tx, [self._receipt_row(*each) for each in waiting])
        await rows.drop_early(tx, self._used)
        events = [
            event for row in moved for event in announce.steps(row, sealers[row.account_id], self.now, self.hours)
        ]
        await rows.announce(tx, events)
        return moved

    def _receipt_row(self, key: WaKey, early: Early) -> dict[str, object]:
        return {"number_id": key[0], "wa_id": key[1], "kind": early.kind, "at": early.at, "stored_at": self.now}
