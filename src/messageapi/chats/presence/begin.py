"""Beginning and ending to watch somebody, and reading what was seen."""

from messageapi.chats.presence import rows
from messageapi.chats.presence.watch import MOST, Watch
from messageapi.contacts.written import person
from messageapi.engines.port import Refused, WatchPresence
from messageapi.errors import Problem
from messageapi.numbers import find
from messageapi.numbers.asking.ask import put
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.phone import Recipient
from messageapi.web.doors import Doors

DEADLINE_S = 28.0
"""A host may look the person up first."""


async def watch(doors: Doors, caller: Caller, number_id: str, who: str) -> Watch:
    """Twice is the same as once. While the number is away it begins when the number is back. Raise Problem
    number_not_found, recipient_..., not_on_whatsapp, too_many_watched.
    """
    await doors.db.read(lambda tx: find.one(tx, caller, number_id))
    to = await person(doors, caller, who)

    async def work(tx: Tx) -> Watch:
        known = await rows.one(tx, number_id, _addresses(to))
        if known is not None:
            return known
        if await rows.count(tx, number_id) >= MOST:
            raise Problem("too_many_watched", 422, f"A number watches {MOST} people at most. Stop watching somebody.")
        fresh = Watch(number_id, caller.account_id, to.jid, to.phone, to.lid)
        await rows.add(tx, fresh)
        return fresh

    kept = await doors.db.writer.run(work)
    if await _told(doors, caller, kept, on=True) == "not_on_whatsapp":
        await doors.db.writer.run(lambda tx: rows.remove(tx, number_id, kept.address))
        raise Problem("not_on_whatsapp", 422, "This person has no WhatsApp account. Correct the phone number.")
    return kept


async def unwatch(doors: Doors, caller: Caller, number_id: str, who: str) -> None:
    """Raise Problem not_watched and those of `watch`."""
    kept = await one(doors, caller, number_id, who)
    await doors.db.writer.run(lambda tx: rows.remove(tx, number_id, kept.address))
    await _told(doors, caller, kept, on=False)


async def one(doors: Doors, caller: Caller, number_id: str, who: str) -> Watch:
    await doors.db.read(lambda tx: find.one(tx, caller, number_id))
    to = await person(doors, caller, who)
    found = await doors.db.read(lambda tx: rows.one(tx, number_id, _addresses(to)))
    if found is None:
        raise Problem("not_watched", 404, "The number does not watch this person. PUT the same address to begin.")
    return found


async def every(doors: Doors, caller: Caller, number_id: str) -> list[Watch]:
    await doors.db.read(lambda tx: find.one(tx, caller, number_id))
    return await doors.db.read(lambda tx: rows.of_number(tx, number_id))


async def _told(doors: Doors, caller: Caller, kept: Watch, *, on: bool) -> str:
    """The code with which the host refused; what it cannot do now it is told when the number is back."""
    number_id, address = kept.number_id, kept.address
    try:
        answer = await put(
            doors, caller, number_id, lambda epoch: WatchPresence(number_id, epoch, address, on), DEADLINE_S
        )
    except Problem as problem:
        return problem.code
    return answer.code if isinstance(answer, Refused) else ""


def _addresses(to: Recipient) -> list[str]:
    return [each for each in (to.jid, to.lid) if each]
