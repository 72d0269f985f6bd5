"""The library's message event: who wrote it where, and its letter."""

from typing import Any, Final

import msgspec

from messageapi.engines.linked.addresses import lid_of, phone_of
from messageapi.engines.linked.content.writing import Me
from messageapi.engines.linked.convert.letters import Read, read
from messageapi.engines.linked.convert.writer import NAME_LENGTH, UnreadableError, Writer, named, precise
from messageapi.engines.port import Inbound
from messageapi.logs import log

_LARGE: Final = 256 * 1024  # bytes of a message as it came; smaller ones are not measured
_MOST: Final = 512 * 1024  # bytes of a letter: with its event it has to fit through the bus


def inbound(event: Any, me: Me, *, late: bool) -> Inbound | None:
    """None for what is no message to anybody: keys, settings and history between our own devices, status posts."""
    source = event.Info.MessageSource
    writer = Writer.of(source, me)
    if event.Info.Category == "peer" or writer.on_status:
        return None
    letter = _read(event, writer)
    if letter is None:
        return None
    other = (source.Chat, source.RecipientAlt) if source.IsFromMe else ()
    return Inbound(
        wa_id=named(event.Info.ID),
        chat=writer.chat,
        sender=writer.sender,
        sender_phone=phone_of(source.Sender, source.SenderAlt),
        sender_lid=lid_of(source.Sender, source.SenderAlt),
        push_name=event.Info.Pushname[:NAME_LENGTH],
        message_type=letter.type,
        letter=letter.letter,
        at=precise(event.Info.Timestamp),
        from_me=source.IsFromMe,
        other_phone=phone_of(*other),
        other_lid=lid_of(*other),
        late=late,
    )


def _read(event: Any, writer: Writer) -> Read | None:
    """A message that cannot be read is still one that came."""
    try:
        return _bounded(event, read(event, writer))
    except UnreadableError as problem:
        log("linked").info("message_not_read", part=str(problem))
    except Exception as problem:  # noqa: BLE001 - whatever a stranger put into it, that it came must not be lost
        log("linked").error("message_not_read", problem=type(problem).__name__)
    return Read("unknown", None)


def _bounded(event: Any, found: Read | None) -> Read | None:
    """Of one that is too large to be handed on, such as hundreds of contact cards, that it came is all that is kept."""
    if found is None or event.Message.ByteSize() < _LARGE or len(msgspec.msgpack.encode(found.letter)) <= _MOST:
        return found
    log("linked").info("message_too_large", type=found.type)
    return Read(found.type, None)
