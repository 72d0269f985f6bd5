"""Messages about an earlier one: reaction, edit, revoke."""

from typing import Any

from messageapi.engines.linked.content.files import wrapped
from messageapi.engines.linked.content.writing import Writing
from messageapi.engines.linked.library.protos import content as proto
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import Edit, Reaction, Revoke, Target


def reaction(content: Reaction, writing: Writing) -> Any:
    message = proto.ReactionMessage(text=content.emoji, senderTimestampMS=now_ms())
    _point(message.key, content.target, writing)
    return proto.Message(reactionMessage=message)


def edit(content: Edit, writing: Writing) -> Any:
    change = proto.ProtocolMessage(type=proto.ProtocolMessage.MESSAGE_EDIT, timestampMS=now_ms())
    _point(change.key, Target(content.target.wa_id), writing)  # only our own can be edited
    change.editedMessage.CopyFrom(_edited(content, writing))
    inner = proto.Message(protocolMessage=change)
    return proto.Message(editedMessage=proto.FutureProofMessage(message=inner))


def revoke(content: Revoke, writing: Writing) -> Any:
    change = proto.ProtocolMessage(type=proto.ProtocolMessage.REVOKE)
    _point(change.key, content.target, writing)
    return proto.Message(protocolMessage=change)


def _edited(content: Edit, writing: Writing) -> Any:
    """A caption is edited inside a message of its own type: put into a plain text it vanishes from the screen."""
    text, context = content.text, writing.context
    match content.of:
        case "image":
            return proto.Message(imageMessage=proto.ImageMessage(caption=text, contextInfo=context))
        case "video":
            return proto.Message(videoMessage=proto.VideoMessage(caption=text, contextInfo=context))
        case "document":
            return wrapped(proto.Message(documentMessage=proto.DocumentMessage(caption=text, contextInfo=context)))
    if context is None:
        return proto.Message(conversation=text)
    return proto.Message(extendedTextMessage=proto.ExtendedTextMessage(text=text, contextInfo=context))


def _point(key: Any, target: Target, writing: Writing) -> None:
    """The writer is named where several can write."""
    key.remoteJID, key.ID = writing.chat, target.wa_id
    key.fromMe = writing.me.wrote(target.sender)
    if not key.fromMe and not writing.to_person:
        key.participant = target.sender
