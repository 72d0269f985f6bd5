"""Sending: check what needs no database, seal, and accept in a durable transaction shared with all who send now."""

import msgspec

from messageapi.bus.subjects import BELL_SEND
from messageapi.messages import errors, find
from messageapi.messages.accept import Accepted, Draft, accept
from messageapi.messages.bodies import sealed_body
from messageapi.vocab.caller import Caller
from messageapi.vocab.content import Letter, Text
from messageapi.vocab.ids import new_message_id
from messageapi.vocab.phone import Recipient, RecipientError, e164, needs_country, recipient
from messageapi.web.doors import Doors

__all__ = ["Accepted", "NewMessage", "send"]


class NewMessage(msgspec.Struct, frozen=True):
    """`to` and `from_` as people write them; `custom` is the caller's own metadata as JSON."""

    to: str
    text: str
    from_: str | None = None
    custom: str | None = None


async def send(doors: Doors, caller: Caller, new: NewMessage) -> Accepted:
    """Accepted and on the disk when this returns. Raise Problem for bad input and numbers that cannot send."""
    _check(new)
    to = await _recipient(doors, caller, new.to)
    sealer = await doors.keyring.sealer(caller.account_id)
    message_id = new_message_id()
    draft = Draft(
        id=message_id,
        account_id=caller.account_id,
        sender=_sender(new.from_),
        to=to,
        custom=new.custom,
        body=sealed_body(sealer, message_id, Letter(content=Text(new.text))),
        sealer=sealer,
        now=doors.clock(),
        hours=doors.settings.body_hours,
    )
    accepted = await doors.db.writer.join(accept, draft)
    doors.bells.ring(BELL_SEND, accepted.number_id)
    return accepted


def _check(new: NewMessage) -> None:
    if not new.text.strip():
        raise errors.text_missing()
    if len(new.text) > errors.TEXT_LENGTH:
        raise errors.text_too_long()
    try:
        new.text.encode()
    except UnicodeEncodeError:
        raise errors.text_malformed() from None
    if new.custom and len(new.custom) > errors.METADATA_LENGTH:
        raise errors.metadata_too_large()


def _sender(given: str | None) -> str:
    """A number's id, its phone in E.164, or nothing for the default."""
    if given is None or given.startswith("num_"):
        return given or ""
    try:
        return e164(given)
    except RecipientError:
        raise errors.number_unknown() from None


async def _recipient(doors: Doors, caller: Caller, text: str) -> Recipient:
    try:
        if not needs_country(text):
            return recipient(text)
        async with doors.db.reading() as tx:
            country = await find.default_country(tx, caller)
        return recipient(text, country)
    except RecipientError as error:
        raise errors.recipient_problem(error) from None
