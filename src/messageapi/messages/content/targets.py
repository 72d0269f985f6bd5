"""The message that another one answers, reacts to, edits or revokes: found by our id or WhatsApp's."""

import msgspec

from messageapi.contacts.person import PEOPLE
from messageapi.messages import errors, find
from messageapi.messages.content.people import person
from messageapi.messages.content.requests import Reference
from messageapi.messages.find import Known
from messageapi.vocab.caller import Caller
from messageapi.vocab.content import Quote, Target
from messageapi.vocab.jid import GROUP_SERVER
from messageapi.vocab.phone import Recipient
from messageapi.web.doors import Doors

ME = "me"
AT_WHATSAPP = frozenset({"sent", "delivered", "read", "unconfirmed", "received"})


class About(msgspec.Struct, frozen=True):
    """`message_id` and `number_id` where the message is one of the account's own."""

    target: Target
    text: str = ""
    message_id: str | None = None
    number_id: str | None = None

    @property
    def quote(self) -> Quote:
        return Quote(target=self.target, text=self.text)


async def about(doors: Doors, caller: Caller, given: str | Reference, to: Recipient) -> About:
    """Raise Problem target_..."""
    reference = Reference(message_id=given) if isinstance(given, str) else given
    name = reference.message_id or reference.wa_message_id
    if name is None or (reference.message_id and reference.wa_message_id):
        raise errors.field_invalid("messageId", "or `waMessageId` must name the message, not both. Keep one.")
    known = await find.known(doors, caller, name)
    if known is not None:
        return _known(known, reference, to)
    if reference.wa_message_id is None:
        raise errors.target_not_found()
    sender = await _sender(doors, caller, reference, to)
    return About(Target(reference.wa_message_id, sender), reference.text)


def _known(known: Known, reference: Reference, to: Recipient) -> About:
    if not same_chat(known, to):
        raise errors.target_elsewhere()
    return About(target_of(known), known.text or reference.text, known.id, known.number_id)


def target_of(known: Known) -> Target:
    """Raise Problem target_not_sent."""
    if known.status not in AT_WHATSAPP or known.wa_id is None:
        raise errors.target_not_sent(known.status)
    return Target(known.wa_id, known.sender or "")


def same_chat(known: Known, to: Recipient) -> bool:
    """A person has two addresses: either is the same chat."""
    if known.chat == to.jid:
        return True
    if not known.chat.endswith(PEOPLE):
        return False
    return (to.phone is not None and to.phone == known.phone) or (to.lid is not None and to.lid == known.lid)


async def _sender(doors: Doors, caller: Caller, reference: Reference, to: Recipient) -> str:
    if reference.sender == ME:
        return ""
    if reference.sender:
        return (await person(doors, caller, reference.sender)).jid
    if to.jid.endswith(f"@{GROUP_SERVER}"):
        raise errors.target_sender_missing()
    return to.jid
