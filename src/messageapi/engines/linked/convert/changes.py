"""Messages about an earlier one: reaction, vote, edit, revoke.

Whether somebody may change what they name is judged where that message is known.
"""

from typing import Any, Final

from messageapi.engines.linked.convert.writer import UnreadableError, Writer
from messageapi.vocab.content import Content, Document, Edit, Image, Reaction, Revoke, Text, Video, Vote, Worded, words

_EMOJI_LENGTH: Final = 64
_VOTE_SIZE: Final = 16_384
_IV_SIZE: Final = 12
_WORDED: Final[dict[type, Worded]] = {Text: "text", Image: "image", Video: "video", Document: "document"}


def reaction(part: Any, writer: Writer) -> Reaction:
    return Reaction(target=writer.target(part.key), emoji=part.text[:_EMOJI_LENGTH])


def vote(part: Any, writer: Writer) -> Vote:
    if len(part.vote.encIV) != _IV_SIZE or len(part.vote.encPayload) > _VOTE_SIZE:
        raise UnreadableError("a vote")
    target = writer.target(part.pollCreationMessageKey)
    return Vote(target=target, payload=part.vote.encPayload, iv=part.vote.encIV)


def revoke(part: Any, writer: Writer) -> Revoke:
    return Revoke(target=writer.target(part.key))


def edit(part: Any, edited: Content, writer: Writer) -> Edit:
    """Nobody can edit what another wrote, so the key's word on the author is not asked."""
    return Edit(target=writer.theirs(part.key.ID), text=words(edited), of=_WORDED.get(type(edited), "text"))
