"""The last look at claimed messages before a host gets them: whom they are really for, who opted out meanwhile, and how
long to type.
"""

from collections.abc import Sequence

import msgspec

from messageapi.bus.port import BusError
from messageapi.contacts.lookup import look_up
from messageapi.contacts.optouts import who_opted_out
from messageapi.contacts.person import Contact, Person
from messageapi.engines.port import Found, LookedUp, LookUp, NotSent, SendJob
from messageapi.messages.content.letters import typing_ms
from messageapi.messages.queue.entry import Standing, Taken
from messageapi.messages.queue.waiting import readdress
from messageapi.numbers.asking.hosts import tell
from messageapi.vocab.content import Edit, Letter, Reaction, Revoke
from messageapi.vocab.jid import LID_SERVER, PN_SERVER, Jid
from messageapi.vocab.phone import Recipient
from messageapi.vocab.twins import twin
from messageapi.web.doors import Doors

LOOK_UP_S = 3.0
"""Then the message goes to the address it was given: a claim is handed over within five seconds, or anew."""

NOT_ON_WHATSAPP = "The recipient has no WhatsApp account. Check the number with its country code."
OPTED_OUT = "The recipient asked not to get bulk messages before this one was sent. Leave them out."

Job = tuple[Taken, SendJob]


async def prepared(doors: Doors, standing: Standing, jobs: list[Job]) -> tuple[list[Job], list[NotSent]]:
    """What goes, in order, and what certainly does not. Nothing is asked about messages of which nothing is open."""
    barred: list[NotSent] = []
    if any(taken.bulk for taken, _ in jobs):
        jobs = await _without_opted_out(doors, jobs, barred)
    asked = {job.chat: phone for _, job in jobs if (phone := _open_question(standing, job.chat))}
    if asked:
        jobs = await _found(doors, standing, jobs, asked, barred)
    if standing.shows_typing:
        jobs = [(taken, _typed(job)) for taken, job in jobs]
    return jobs, barred


def _open_question(standing: Standing, chat: str) -> str | None:
    """The phone to ask WhatsApp about first: everybody's on the real network, in the sandbox those with two forms."""
    if not chat.endswith(f"@{PN_SERVER}"):
        return None
    phone = Jid.parse(chat).phone
    return phone if phone and (standing.network == "whatsapp" or twin(phone)) else None


async def _found(
    doors: Doors, standing: Standing, jobs: list[Job], asked: dict[str, str], barred: list[NotSent]
) -> list[Job]:
    async def of_host(phones: list[str]) -> Sequence[Found]:
        command = LookUp(standing.number_id, standing.epoch, phones)
        try:
            answer = await tell(doors.bus, standing.host_id or "", command, LOOK_UP_S)
        except BusError:
            return []
        return answer.found if isinstance(answer, LookedUp) else []

    contacts = await look_up(doors, standing.account_id, list(asked.values()), of_host)
    ready: list[Job] = []
    for taken, job in jobs:
        contact = contacts.get(asked.get(job.chat, ""))
        if contact is not None and not contact.on_whatsapp:
            barred.append(_barred(taken, "not_on_whatsapp", NOT_ON_WHATSAPP, doors.clock()))
        elif contact is not None and contact.jid and contact.jid != job.chat:
            ready.append((taken, await _redirected(doors, job, standing.number_id, contact)))
        else:
            ready.append((taken, job))
    return ready


async def _redirected(doors: Doors, job: SendJob, number_id: str, contact: Contact) -> SendJob:
    """Also what waits behind it, so that one person stays one chat."""
    to = Recipient(contact.jid or job.chat, contact.phone, contact.lid)
    await doors.db.writer.run(lambda tx: readdress(tx, number_id, job.chat, to))
    return msgspec.structs.replace(job, chat=to.jid)


async def _without_opted_out(doors: Doors, jobs: list[Job], barred: list[NotSent]) -> list[Job]:
    people = {job.message_id: who for taken, job in jobs if taken.bulk and (who := _person(taken))}
    out = await doors.db.read(lambda tx: who_opted_out(tx, list(people.values())))
    ready: list[Job] = []
    for taken, job in jobs:
        if people.get(job.message_id) in out:
            barred.append(_barred(taken, "recipient_opted_out", OPTED_OUT, doors.clock()))
        else:
            ready.append((taken, job))
    return ready


def _person(taken: Taken) -> Person | None:
    jid = Jid.parse(taken.chat)
    if jid.server == LID_SERVER:
        return Person(taken.account_id, None, taken.chat)
    return Person(taken.account_id, jid.phone, None) if jid.phone else None


def _barred(taken: Taken, code: str, detail: str, now: int) -> NotSent:
    return NotSent(taken.message_id, taken.attempt, code, detail, True, now)


def _typed(job: SendJob) -> SendJob:
    letter = job.letter
    if letter.typing_ms or isinstance(letter.content, Edit | Revoke | Reaction):
        return job
    return msgspec.structs.replace(job, letter=_typing(letter))


def _typing(letter: Letter) -> Letter:
    return msgspec.structs.replace(letter, typing_ms=typing_ms(True, letter.content))
