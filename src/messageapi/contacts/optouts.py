"""Opting out of bulk messages and in again: by a word of the person's, or through the API."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from messageapi.contacts import rows
from messageapi.contacts.person import Person
from messageapi.store.db import Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.store.vault import Sealer
from messageapi.vocab.clock import iso
from messageapi.vocab.events import ContactOpted
from messageapi.vocab.ids import new_id

Source = Literal["message", "api"]


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """Whose it is, and where it was said; through the API it was said nowhere."""

    person: Person
    number_id: str | None = None
    chat: str | None = None
    sealer: Sealer

    @property
    def source(self) -> Source:
        return "message" if self.number_id else "api"


async def who_opted_out(tx: Tx, people: Sequence[Person]) -> set[Person]:
    """Those of them who do not want bulk messages."""
    return await rows.opted_out(tx, people) if people else set()


async def opt_out(tx: Tx, word: Word, now: int, hours: int) -> bool:
    """False, and nothing happens, when the person is on the list already."""
    person = word.person
    if await rows.opted_out(tx, [person]):
        return False
    values: dict[str, object] = {
        "id": new_id("out"),
        "account_id": person.account_id,
        "phone": person.phone,
        "lid": person.lid,
        "source": word.source,
        "at": now,
    }
    if not await rows.add_opt_out(tx, values):
        return False
    await _tell(tx, "contact.opted_out", word, now, hours)
    return True


async def opt_in(tx: Tx, word: Word, now: int, hours: int) -> bool:
    """False, and nothing happens, when the person was not on the list."""
    if not await rows.drop_opt_outs(tx, word.person):
        return False
    await _tell(tx, "contact.opted_in", word, now, hours)
    return True


async def _tell(tx: Tx, kind: str, word: Word, now: int, hours: int) -> None:
    person = word.person
    event = outbox_row(
        word.sealer,
        account_id=person.account_id,
        number_id=word.number_id,
        chat=word.chat,
        type=kind,
        data=ContactOpted(phone=person.phone, lid=person.lid, source=word.source, at=iso(now)),
        now=now,
        hours=hours,
    )
    await emit(tx, [event])
