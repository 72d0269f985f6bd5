"""From a message to its letter: what is around it, which part holds the content, and the reader for that part."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from messageapi.engines.linked.convert import changes, files, plain
from messageapi.engines.linked.convert.context import context_of, with_context
from messageapi.engines.linked.convert.writer import Writer
from messageapi.engines.linked.library.protos import content as proto
from messageapi.vocab.content import Content, Letter

_DEEPEST: Final = 6
_WRAPPERS: Final = frozenset(
    field.name
    for field in proto.Message.DESCRIPTOR.fields
    if field.message_type is not None and field.message_type.name == "FutureProofMessage"
)
_VIEW_ONCE: Final = frozenset({"viewOnceMessage", "viewOnceMessageV2", "viewOnceMessageV2Extension"})
_POLLS: Final = frozenset(
    field.name
    for field in proto.Message.DESCRIPTOR.fields
    if field.message_type is not None and field.message_type.name == "PollCreationMessage"
)

# Parts that carry nothing to show: keys, settings, pins, the frame around an album's pictures.
_SILENT: Final = frozenset(
    {
        "senderKeyDistributionMessage",
        "fastRatchetKeySenderKeyDistributionMessage",
        "messageContextInfo",
        "deviceSentMessage",
        "stickerSyncRmrMessage",
        "keepInChatMessage",
        "pinInChatMessage",
        "messageHistoryBundle",
        "messageHistoryNotice",
        "albumMessage",
        "groupRootKeyShare",
        "rootSecretDistributeMessage",
        "limitSharingMessage",
        "acp2SettingMessage",
    }
)
_REVOKE, _EDIT = 0, 14

Reader = Callable[[Any], Content]
_READERS: Final[Mapping[str, Reader]] = {
    "extendedTextMessage": plain.text,
    "imageMessage": files.image,
    "videoMessage": files.video,
    "ptvMessage": files.video,
    "audioMessage": files.audio,
    "documentMessage": files.document,
    "stickerMessage": files.sticker,
    "locationMessage": plain.location,
    "liveLocationMessage": plain.live_location,
    "contactMessage": plain.contact,
    "contactsArrayMessage": plain.contacts,
    "buttonsResponseMessage": plain.button,
    "templateButtonReplyMessage": plain.template_button,
    "interactiveResponseMessage": plain.interactive_answer,
    "listResponseMessage": plain.list_row,
    "templateMessage": plain.template,
    "buttonsMessage": plain.buttons,
    "listMessage": plain.list_of,
    "interactiveMessage": plain.interactive,
}
_ABOUT_ANOTHER: Final[Mapping[str, Callable[[Any, Writer], Content]]] = {
    "reactionMessage": changes.reaction,
    "pollUpdateMessage": changes.vote,
}


class Read(NamedTuple):
    """`type` as the API calls it. No letter: we do not understand this type."""

    type: str
    letter: Letter | None


class Found(NamedTuple):
    """The part that holds the content, and what was around it."""

    message: Any
    part: str
    view_once: bool = False
    secret: bytes = b""


def read(event: Any, writer: Writer) -> Read | None:
    """None for what is not shown in a chat. Raise UnreadableError."""
    found = _found(event.Message)
    if found is None:
        return None
    content = _content(found, writer)
    if content is None:
        return None if found.part == "protocolMessage" else Read("unknown", None)
    part = getattr(found.message, found.part)
    letter = with_context(Letter(content=content), context_of(part), writer)
    if found.view_once or event.IsViewOnce or event.IsViewOnceV2 or event.IsViewOnceV2Extension:
        letter = msgspec.structs.replace(letter, view_once=True)
    return Read(type_of(content), letter)


def type_of(content: Content) -> str:
    """A vote is a `poll_vote`, an answer is from a `button` or a `list`."""
    tag = str(content.__struct_config__.tag)
    return {"vote": "poll_vote", "answer": getattr(content, "of", tag)}.get(tag, tag)


def _found(message: Any) -> Found | None:
    view_once, secret = False, b""
    for _ in range(_DEEPEST):
        secret = secret or message.messageContextInfo.messageSecret
        names = [field.name for field, _ in message.ListFields() if field.name not in _SILENT]
        if not names:
            return None
        if names[0] not in _WRAPPERS:
            return Found(message, names[0], view_once, secret)
        view_once |= names[0] in _VIEW_ONCE
        message = getattr(message, names[0]).message
    return None


def _content(found: Found, writer: Writer) -> Content | None:
    part = getattr(found.message, found.part)
    if found.part == "conversation":
        return plain.words(part)
    if found.part in _POLLS:
        return plain.poll(part, found.secret)
    if found.part == "protocolMessage":
        return _change(part, writer)
    if about := _ABOUT_ANOTHER.get(found.part):
        return about(part, writer)
    reader = _READERS.get(found.part)
    return reader(part) if reader else None


def _change(part: Any, writer: Writer) -> Content | None:
    """Of all that a message can say about protocol only these two come from other people; the rest is our phone's."""
    if not part.HasField("key"):
        return None
    if part.type == _REVOKE:
        return changes.revoke(part, writer)
    inner = _found(part.editedMessage) if part.type == _EDIT else None
    edited = _content(inner, writer) if inner and inner.part != "protocolMessage" else None
    return changes.edit(part, edited, writer) if edited else None
