"""Asking who is on WhatsApp, for a caller who waits for the answer."""

from collections.abc import Sequence

from messageapi.contacts import quota
from messageapi.contacts.lookup import look_up
from messageapi.contacts.person import Contact
from messageapi.engines.port import Found, LookedUp, LookUp
from messageapi.numbers import find
from messageapi.numbers.asking.ask import ask, no_answer
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

DEADLINE_S = 22.0
"""A host gives WhatsApp twenty seconds."""


async def check(doors: Doors, caller: Caller, number_id: str, phones: Sequence[str]) -> list[Contact]:
    """Same order. What is known for less than a month (or a day, of who is not there) is not asked again.

    Raise Problem number_not_found, number_not_connected, too_many_checks or whatsapp_no_answer.
    """
    await doors.db.read(lambda tx: find.one(tx, caller, number_id))

    async def of_whatsapp(some: list[str]) -> Sequence[Found]:
        await quota.take(doors, number_id, len(some))
        answer = await ask(doors, caller, number_id, lambda epoch: LookUp(number_id, epoch, some), DEADLINE_S)
        if not isinstance(answer, LookedUp) or len(answer.found) != len(some):
            raise no_answer()
        return answer.found

    found = await look_up(doors, caller.account_id, phones, of_whatsapp)
    return [found[phone] for phone in phones]
