"""What a builder knows beside the content: where the message goes, who writes it, how a file gets to WhatsApp."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from messageapi.engines.port import EngineError
from messageapi.vocab.content import Media
from messageapi.vocab.jid import GROUP_SERVER, LID_SERVER, NEWSLETTER_SERVER, PN_SERVER, Jid

STATUS: Final = "status@broadcast"

IMAGE, VIDEO, AUDIO, DOCUMENT = range(4)
"""Kinds of files, as the library numbers them: each has its own keys and its own path at WhatsApp."""


class Uploaded(NamedTuple):
    """A file that lies at WhatsApp, encrypted."""

    url: str
    direct_path: str
    media_key: bytes
    enc_sha256: bytes
    sha256: bytes
    length: int


Upload = Callable[[Media, int], Uploaded]
"""The file in the blob door, of this kind. Raise EngineError."""


class Me(NamedTuple):
    """Our own two addresses, without a device. The second is empty where WhatsApp has not said it."""

    jid: str
    lid: str

    def wrote(self, sender: str) -> bool:
        """Nobody named means us."""
        return not sender or _bare(sender) in (self.jid, self.lid)

    def in_chat(self, chat: str) -> str:
        """Groups and hidden identities know us by ours."""
        return self.jid if chat.endswith(f"@{PN_SERVER}") else self.lid or self.jid


class Writing(NamedTuple):
    """`context` is a ContextInfo, None when there is nothing to say in one."""

    chat: str
    me: Me
    upload: Upload
    context: Any = None

    @property
    def to_person(self) -> bool:
        return self.chat.endswith((f"@{PN_SERVER}", f"@{LID_SERVER}"))

    @property
    def to_group(self) -> bool:
        return self.chat.endswith(f"@{GROUP_SERVER}")

    @property
    def to_channel(self) -> bool:
        return self.chat.endswith(f"@{NEWSLETTER_SERVER}")

    @property
    def to_status(self) -> bool:
        return self.chat == STATUS


def unsupported(detail: str) -> EngineError:
    return EngineError("unsupported", detail, permanent=True)


def _bare(address: str) -> str:
    return str(Jid.parse(address).bare)
