"""What inbound messages tell of people: which two addresses are one person, and who does not want bulk messages.

Called in the transaction that receives. An ordinary message of somebody known costs look-ups in memory alone.
"""

from collections.abc import Sequence

from messageapi.contacts import memory, rows, words
from messageapi.contacts.optouts import Word, opt_in, opt_out
from messageapi.contacts.person import Contact, address_of
from messageapi.store.db import Tx


class Said(Word, frozen=True, kw_only=True):
    """A message that came. `text` only when it was said to the number alone, not in a group."""

    text: str | None


async def hear(tx: Tx, now: int, hours: int, said: Sequence[Said]) -> None:
    """Messages that were stored just now, in order."""
    await _acquaint(tx, now, said)
    for each in said:
        if each.text is None or len(each.text) > words.LONGEST:
            continue
        wish = (await words.words_of(tx, each.person.account_id, now)).wish(each.text)
        if wish == "stop":
            await opt_out(tx, each, now, hours)
        elif wish == "start":
            await opt_in(tx, each, now, hours)


async def _acquaint(tx: Tx, now: int, said: Sequence[Said]) -> None:
    """Keep which phone and which hidden identity are one person, where that is news."""
    fresh: dict[tuple[str, str], Contact] = {}
    for each in said:
        account_id, phone, lid = each.person.account_id, each.person.phone, each.person.lid
        if phone is None or lid is None:
            continue
        jid = address_of(phone)
        known = memory.get(account_id, lid)
        if known is not None and known.jid == jid:
            continue
        for address in (jid, lid):
            fresh[account_id, address] = Contact(account_id, address, jid, lid, True, now)
    if fresh:
        await rows.keep(tx, fresh.values())
        tx.after_commit(lambda: memory.keep(fresh.values()))
