"""Who wrote a message and where, and how it names other messages and people."""

import hashlib
import re
from typing import Any, Final, NamedTuple

from messageapi.engines.linked.addresses import bare
from messageapi.engines.linked.content.writing import STATUS, Me
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import Target
from messageapi.vocab.jid import GROUP_SERVER, Jid

NAME_LENGTH: Final = 255
_BROADCAST: Final = "@broadcast"
_NOBODY: Final = Me("", "")
_NAME: Final = re.compile(r"[!-~]{1,80}")


class UnreadableError(ValueError):
    """A part of the message is not as WhatsApp's apps write it. It says nothing of the content."""


class Writer(NamedTuple):
    """`me`: our own addresses, empty where they do not matter."""

    chat: str
    sender: str
    from_me: bool
    me: Me = _NOBODY

    @classmethod
    def of(cls, source: Any, me: Me = _NOBODY) -> "Writer":
        """What came by somebody's broadcast list belongs into the chat with them."""
        chat, sender = bare(source.Chat), bare(source.Sender)
        if chat.endswith(_BROADCAST) and chat != STATUS:
            chat = sender
        return cls(chat, sender, source.IsFromMe, me)

    @property
    def on_status(self) -> bool:
        return self.chat == STATUS

    def target(self, key: Any) -> Target:
        """The message that this key names, as its writer sees it: `fromMe` is theirs. Raise UnreadableError."""
        if not key.ID:
            raise UnreadableError("no id")
        if key.fromMe:
            return self.theirs(key.ID)
        if self.chat.endswith(f"@{GROUP_SERVER}"):
            return Target(named(key.ID), self.person(key.participant))
        return Target(named(key.ID), self.chat if self.from_me else "")

    def theirs(self, wa_id: str) -> Target:
        """A message of the same writer."""
        return Target(named(wa_id), "" if self.from_me else self.sender)

    def person(self, address: str) -> str:
        """Without a device; empty when it is us. Raise UnreadableError."""
        someone = person(address)
        return "" if self.me.jid and self.me.wrote(someone) else someone


def person(address: str) -> str:
    """Without a device. Raise UnreadableError for what is nobody's address."""
    try:
        someone = str(Jid.parse(address).bare)
    except ValueError:
        raise UnreadableError("an address") from None
    if not _NAME.fullmatch(someone):
        raise UnreadableError("an address")
    return someone


def named(wa_id: str) -> str:
    """An id as the sender's app chose it. One that no app would choose gets another, always the same."""
    if _NAME.fullmatch(wa_id):
        return wa_id
    return "X" + hashlib.sha256(wa_id.encode("utf-8", "replace")).hexdigest()[:40].upper()


def precise(at_ms: int) -> int:
    """WhatsApp's clock has seconds. Within the current one ours is nearer, and keeps a timeline in order."""
    now = now_ms()
    return now if 0 <= now - at_ms < 2_000 else at_ms
