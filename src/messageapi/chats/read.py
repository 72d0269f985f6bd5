"""Telling those who wrote that their messages were read."""

from collections.abc import Sequence

from messageapi.chats import rows
from messageapi.chats.rows import Received
from messageapi.chats.typing import DEADLINE_S, conversation
from messageapi.engines.port import MarkRead
from messageapi.errors import Problem
from messageapi.numbers import find
from messageapi.numbers.asking.ask import Made, ask
from messageapi.vocab.caller import Caller
from messageapi.vocab.phone import Recipient
from messageapi.web.doors import Doors


async def mark_read(doors: Doors, caller: Caller, number_id: str, chat: str, names: Sequence[str]) -> None:
    """All of them, or none where one is not of this chat. Raise Problem number_not_found, number_not_connected,
    message_not_found, message_not_received, target_elsewhere, recipient_..., whatsapp_no_answer.
    """
    await doors.db.read(lambda tx: find.one(tx, caller, number_id))
    to = await conversation(doors, caller, chat)
    found = await doors.db.read(lambda tx: rows.named(tx, number_id, names))
    for (place, sender), wa_ids in _by_sender([_judged(found.get(each), to) for each in names]).items():
        await ask(doors, caller, number_id, _mark(number_id, place, sender, wa_ids), DEADLINE_S)


def _mark(number_id: str, chat: str, sender: str, wa_ids: list[str]) -> Made:
    return lambda epoch: MarkRead(number_id, epoch, chat, sender, wa_ids)


def _judged(found: Received | None, to: Recipient) -> Received:
    if found is None:
        raise Problem("message_not_found", 404, "The number has no message with one of these ids. Check them.")
    if not _same_chat(found, to):
        raise Problem("target_elsewhere", 422, "One of these messages is of another chat. Name its own.")
    if found.direction != "inbound" or found.wa_id is None:
        raise Problem("message_not_received", 409, "Only what somebody else wrote can be marked as read.")
    return found


def _same_chat(found: Received, to: Recipient) -> bool:
    """A person has two addresses: either is the same chat."""
    if found.chat in {to.jid, to.lid}:
        return True
    alone = found.direction == "outbound" or found.sender == found.chat
    return alone and to.phone is not None and to.phone == found.phone


def _by_sender(found: Sequence[Received]) -> dict[tuple[str, str], list[str]]:
    """A receipt goes to one writer."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for each in found:
        wa_ids = grouped.setdefault((each.chat, each.sender or each.chat), [])
        if each.wa_id and each.wa_id not in wa_ids:
            wa_ids.append(each.wa_id)
    return grouped
