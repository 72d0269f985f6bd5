"""What a message says about others: an answer to, a mention of, forwarded, how long it stays."""

from contextlib import suppress
from typing import Any, Final

import msgspec

from messageapi.engines.linked.convert.writer import UnreadableError, Writer, named, person
from messageapi.engines.linked.library.protos import content as proto
from messageapi.vocab.content import Letter, Quote, Target

_MOST_MENTIONS: Final = 1_024
_QUOTE_LENGTH: Final = 1_024
_LONGEST_S: Final = 1 << 31
_DEEPEST: Final = 4
_WORDS: Final = ("caption", "text", "name", "contentText", "displayName", "title")


def context_of(part: Any) -> Any:
    """None where there is none."""
    fields = getattr(type(part), "DESCRIPTOR", None)
    if fields is None or "contextInfo" not in fields.fields_by_name or not part.HasField("contextInfo"):
        return None
    return part.contextInfo


def with_context(letter: Letter, context: Any, writer: Writer) -> Letter:
    if context is None:
        return letter
    return msgspec.structs.replace(
        letter,
        quote=_quote(context, writer),
        mentions=_mentions(context),
        mentions_all=context.nonJIDMentions > 0,
        forwarded=context.isForwarded,
        disappears_s=min(context.expiration, _LONGEST_S),
    )


def _quote(context: Any, writer: Writer) -> Quote | None:
    """A copy that the writer's app made: it may say what it likes."""
    if not context.stanzaID:
        return None
    try:
        author = writer.person(context.participant)
    except UnreadableError:
        return None
    return Quote(target=Target(named(context.stanzaID), author), text=_quoted(context.quotedMessage)[:_QUOTE_LENGTH])


def _mentions(context: Any) -> list[str]:
    mentioned: dict[str, None] = {}
    for address in context.mentionedJID[:_MOST_MENTIONS]:
        with suppress(UnreadableError):
            mentioned[person(address)] = None
    return list(mentioned)


def _quoted(message: Any) -> str:
    """Its first words, whatever type it is of."""
    for _ in range(_DEEPEST):
        if message.conversation:
            return str(message.conversation)
        inner = next((part for _, part in message.ListFields() if hasattr(part, "DESCRIPTOR")), None)
        if inner is None:
            return ""
        if not isinstance(inner, proto.FutureProofMessage):
            return next((str(said) for name in _WORDS if (said := getattr(inner, name, ""))), "")
        message = inner.message
    return ""
