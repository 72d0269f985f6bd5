"""The library's message and receipt events as events of our port."""

from typing import Any, Literal

from messageapi.engines.linked.addresses import bare, lid_of, phone_of
from messageapi.engines.port import Inbound, Receipt, Undecryptable
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import Letter, Text

_RECEIPTS: dict[int, Literal["delivered", "read", "played"]] = {1: "delivered", 4: "read", 6: "played"}
_STATUS = "status@broadcast"
_HIDDEN = 2  # WhatsApp itself shows nothing for such a message
_REVOKE, _EDIT = 0, 14

# Parts of a message that carry no content of their own.
_COMPANIONS = {"senderKeyDistributionMessage", "messageContextInfo", "deviceSentMessage"}
_TYPES = {
    "conversation": "text",
    "extendedTextMessage": "text",
    "imageMessage": "image",
    "videoMessage": "video",
    "ptvMessage": "video",
    "audioMessage": "audio",
    "documentMessage": "document",
    "documentWithCaptionMessage": "document",
    "stickerMessage": "sticker",
    "lottieStickerMessage": "sticker",
    "locationMessage": "location",
    "liveLocationMessage": "location",
    "contactMessage": "contact",
    "contactsArrayMessage": "contact",
    "reactionMessage": "reaction",
    "encReactionMessage": "reaction",
    "pollCreationMessage": "poll",
    "pollCreationMessageV2": "poll",
    "pollCreationMessageV3": "poll",
    "pollUpdateMessage": "poll_vote",
    "buttonsResponseMessage": "button",
    "templateButtonReplyMessage": "button",
    "listResponseMessage": "list",
    "editedMessage": "edited",
}


def inbound(event: Any, *, late: bool) -> Inbound | None:
    """None for what is no message to anybody: keys, settings and history between our own devices, status posts."""
    source = event.Info.MessageSource
    message_type, text = _content(event.Message)
    chat = bare(source.Chat)
    if not message_type or event.Info.Category == "peer" or chat == _STATUS:
        return None
    return Inbound(
        wa_id=event.Info.ID,
        chat=chat,
        sender=bare(source.Sender),
        sender_phone=phone_of(source.Sender, source.SenderAlt),
        sender_lid=lid_of(source.Sender, source.SenderAlt),
        push_name=event.Info.Pushname,
        message_type=message_type,
        letter=None if text is None else Letter(content=Text(text)),
        at=_precise(event.Info.Timestamp),
        from_me=source.IsFromMe,
        late=late,
    )


def receipt(event: Any) -> Receipt | None:
    """None for receipts among our own devices and for kinds that say nothing about the recipient."""
    source = event.MessageSource
    kind = _RECEIPTS.get(event.Type)
    if kind is None or source.IsFromMe:
        return None
    return Receipt(
        list(event.MessageIDs), kind, bare(source.Chat), bare(source.Sender), _precise(event.Timestamp * 1000)
    )


def undecryptable(event: Any) -> Undecryptable | None:
    source = event.Info.MessageSource
    if event.DecryptFailMode == _HIDDEN or source.IsFromMe:
        return None
    return Undecryptable(event.Info.ID, bare(source.Chat), bare(source.Sender), _precise(event.Info.Timestamp))


def _content(message: Any) -> tuple[str, str | None]:
    """The type and, where we understand it, the text; an empty type for what is not shown in a chat."""
    if message.conversation:
        return "text", message.conversation
    if message.extendedTextMessage.text:
        return "text", message.extendedTextMessage.text
    names = [field.name for field, _ in message.ListFields() if field.name not in _COMPANIONS]
    if not names:
        return "", None
    if names[0] == "protocolMessage":
        return {_REVOKE: "revoked", _EDIT: "edited"}.get(message.protocolMessage.type, ""), None
    if names[0] in {"ephemeralMessage", "viewOnceMessage", "viewOnceMessageV2"}:
        return _content(getattr(message, names[0]).message)
    return _TYPES.get(names[0], "unknown"), None


def _precise(at_ms: int) -> int:
    """WhatsApp's clock has seconds. Within the current one ours is nearer, and keeps a timeline in order."""
    now = now_ms()
    return now if 0 <= now - at_ms < 2_000 else at_ms
