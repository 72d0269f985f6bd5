"""From a letter to a message: which builder, and what is refused before anything leaves."""

from collections.abc import Callable, Mapping
from typing import Any

from messageapi.engines.linked.content import changes, files, plain
from messageapi.engines.linked.content.context import context_of
from messageapi.engines.linked.content.writing import Writing, unsupported
from messageapi.vocab.content import (
    Audio,
    Contact,
    Document,
    Edit,
    Image,
    Letter,
    Location,
    Poll,
    Reaction,
    Revoke,
    Sticker,
    Text,
    Video,
    Voice,
)

_BUILDERS: Mapping[type, Callable[[Any, Writing], Any]] = {
    Text: plain.text,
    Image: files.image,
    Video: files.video,
    Audio: files.audio,
    Voice: files.voice,
    Document: files.document,
    Sticker: files.sticker,
    Location: plain.location,
    Contact: plain.contact,
    Poll: plain.poll,
    Reaction: changes.reaction,
    Edit: changes.edit,
    Revoke: changes.revoke,
}
_IN_STATUS = (Text, Image, Video, Voice, Revoke)
_IN_CHANNEL = (Text, Edit, Revoke)


def message(letter: Letter, writing: Writing) -> Any:
    """Uploads what must be. Raise EngineError; nothing has left then."""
    _allowed(letter, writing)
    build = _BUILDERS[type(letter.content)]
    return build(letter.content, writing._replace(context=context_of(letter, writing)))


def _allowed(letter: Letter, writing: Writing) -> None:
    if writing.to_status and not isinstance(letter.content, _IN_STATUS):
        raise unsupported("A status takes texts, images, videos and voice notes only.")
    if writing.to_channel and not isinstance(letter.content, _IN_CHANNEL):
        # The library cannot hand over the file's handle that a channel asks for (neonize 0.5.2).
        raise unsupported("This engine can send texts to a channel, and edit or revoke them, but nothing else.")
