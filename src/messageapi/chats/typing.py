"""Showing the other side that somebody writes or records a voice note."""

from messageapi.contacts.canonical import canonical
from messageapi.contacts.person import PEOPLE
from messageapi.contacts.written import addressed
from messageapi.engines.port import ShowTyping, Typing
from messageapi.errors import Problem
from messageapi.numbers import find
from messageapi.numbers.asking.ask import ask
from messageapi.vocab.caller import Caller
from messageapi.vocab.jid import GROUP_SERVER
from messageapi.vocab.phone import Recipient
from messageapi.web.doors import Doors

DEADLINE_S = 8.0
"""A host gives WhatsApp five seconds."""


async def show_typing(doors: Doors, caller: Caller, number_id: str, chat: str, *, kind: Typing, on: bool) -> None:
    """Raise Problem number_not_found, number_not_connected, recipient_..., whatsapp_no_answer."""
    await doors.db.read(lambda tx: find.one(tx, caller, number_id))
    to = await conversation(doors, caller, chat)
    await ask(doors, caller, number_id, lambda epoch: ShowTyping(number_id, epoch, to.jid, kind, on), DEADLINE_S)


async def conversation(doors: Doors, caller: Caller, text: str) -> Recipient:
    """A person or a group, as WhatsApp addresses it. Raise Problem recipient_..."""
    to = await canonical(doors, caller.account_id, await addressed(doors, caller, text))
    if not to.jid.endswith((*PEOPLE, f"@{GROUP_SERVER}")):
        raise Problem("recipient_malformed", 422, "Only people and groups see this. Name one of them.")
    return to
