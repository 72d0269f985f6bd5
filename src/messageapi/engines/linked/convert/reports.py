"""Receipts, and messages that could not be decrypted."""

from typing import Any, Literal

from messageapi.engines.linked.addresses import bare, lid_of, phone_of
from messageapi.engines.linked.convert.writer import NAME_LENGTH, Writer, named, precise
from messageapi.engines.port import Receipt, Undecryptable

_RECEIPTS: dict[int, Literal["delivered", "read", "played"]] = {1: "delivered", 4: "read", 6: "played"}
_HIDDEN = 2  # WhatsApp itself shows nothing for such a message


def receipt(event: Any) -> Receipt | None:
    """None for receipts among our own devices and for kinds that say nothing about the recipient."""
    source = event.MessageSource
    kind = _RECEIPTS.get(event.Type)
    if kind is None or source.IsFromMe:
        return None
    ids = [named(each) for each in event.MessageIDs]
    return Receipt(ids, kind, bare(source.Chat), bare(source.Sender), precise(event.Timestamp * 1000))


def undecryptable(event: Any, *, late: bool) -> Undecryptable | None:
    source = event.Info.MessageSource
    writer = Writer.of(source)
    if event.DecryptFailMode == _HIDDEN or source.IsFromMe or writer.on_status:
        return None
    return Undecryptable(
        wa_id=named(event.Info.ID),
        chat=writer.chat,
        sender=writer.sender,
        at=precise(event.Info.Timestamp),
        sender_phone=phone_of(source.Sender, source.SenderAlt),
        sender_lid=lid_of(source.Sender, source.SenderAlt),
        push_name=event.Info.Pushname[:NAME_LENGTH],
        unavailable=event.IsUnavailable,
        late=late,
    )
