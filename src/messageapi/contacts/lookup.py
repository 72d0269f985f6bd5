"""Who has these phone numbers: from memory, from what was kept, and for the rest from WhatsApp's own word."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from messageapi.contacts import memory, rows
from messageapi.contacts.person import Contact, address_of
from messageapi.engines.port import Found
from messageapi.store.db import Tx
from messageapi.web.doors import Doors

MOST = 100
"""Phones in one question to WhatsApp."""

Ask = Callable[[list[str]], Awaitable[Sequence[Found]]]
"""Of a host; E.164 in, the same order out. May answer nothing."""


async def look_up(doors: Doors, account_id: str, phones: Sequence[str], ask: Ask) -> dict[str, Contact]:
    """By phone as it was given; those are missing about whom nobody answered."""
    found = await known(doors, account_id, [address_of(phone) for phone in phones])
    fresh = {each.address for each in found.values() if each.fresh(doors.clock())}
    unknown = [phone for phone in dict.fromkeys(phones) if address_of(phone) not in fresh]
    for at in range(0, len(unknown), MOST):
        found |= await _learn(doors, account_id, await ask(unknown[at : at + MOST]))
    return {phone: found[address_of(phone)] for phone in phones if address_of(phone) in found}


async def known(doors: Doors, account_id: str, addresses: Iterable[str]) -> dict[str, Contact]:
    """What is known of these addresses without asking, however old."""
    wanted = list(dict.fromkeys(addresses))
    found = {each: one for each in wanted if (one := memory.get(account_id, each)) is not None}
    missing = [each for each in wanted if each not in found]
    if missing:
        kept = await doors.db.read(lambda tx: rows.known(tx, [account_id], missing))
        memory.keep(kept)
        found |= {each.address: each for each in kept}
    return found


async def _learn(doors: Doors, account_id: str, answers: Sequence[Found]) -> dict[str, Contact]:
    fresh: dict[str, Contact] = {}
    now = doors.clock()
    for each in answers:
        jid, lid = each.jid or None, each.lid or None
        addresses = {address_of(each.phone), jid, lid} if each.on_whatsapp else {address_of(each.phone)}
        for address in addresses:
            if address:
                fresh[address] = Contact(account_id, address, jid, lid, each.on_whatsapp, now)
    if fresh:
        await doors.db.writer.join(_keep, list(fresh.values()))
        memory.keep(fresh.values())
    return fresh


async def _keep(tx: Tx, several: Sequence[list[Contact]]) -> list[None]:
    """A batch for Writer.join. What was learned last counts."""
    newest = {(each.account_id, each.address): each for some in several for each in some}
    await rows.keep(tx, newest.values())
    return [None] * len(several)
