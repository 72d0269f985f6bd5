"""What a message says about itself and others: an answer to, a mention of, forwarded."""

from typing import Any, Final

from messageapi.engines.linked.content.writing import Writing
from messageapi.engines.linked.library.protos import content as proto
from messageapi.vocab.content import Letter, Quote

_EVERYONE: Final = 1
"""The official apps put this number into nonJIDMentions for `@all` and name nobody (WhatsApp Web, 2026)."""


def context_of(letter: Letter, writing: Writing) -> Any:
    """None when there is nothing to say: an empty context would turn a plain text into a rich one."""
    everyone = letter.mentions_all and writing.to_group
    if not (letter.quote or letter.mentions or everyone or letter.forwarded):
        return None
    context = proto.ContextInfo(mentionedJID=letter.mentions)
    if everyone:
        context.nonJIDMentions = _EVERYONE
    if letter.forwarded:
        context.isForwarded, context.forwardingScore = True, 1
    if letter.quote:
        _quote(context, letter.quote, writing)
    return context


def _quote(context: Any, quote: Quote, writing: Writing) -> None:
    """The quoted text is a copy, and must be there even when empty: without it no app shows the quote."""
    ours = writing.me.wrote(quote.target.sender)
    context.stanzaID = quote.target.wa_id
    context.participant = writing.me.in_chat(writing.chat) if ours else quote.target.sender
    context.quotedMessage.conversation = quote.text
