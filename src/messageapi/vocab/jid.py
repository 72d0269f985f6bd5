"""WhatsApp addresses. A person has two: a phone-number form (PN) and a hidden-identity form (LID).
Nothing is keyed by PN alone.
"""

from typing import NamedTuple

PN_SERVER = "s.whatsapp.net"
LID_SERVER = "lid"
GROUP_SERVER = "g.us"
NEWSLETTER_SERVER = "newsletter"
STATUS = "status@broadcast"


class Jid(NamedTuple):
    """`user[:device]@server`."""

    user: str
    server: str
    device: int = 0

    @classmethod
    def parse(cls, text: str) -> "Jid":
        """Raise ValueError for anything that is not `user@server` or `user:device@server`."""
        local, at, server = text.rpartition("@")
        user, _, device = local.partition(":")
        if not (at and user and server):
            raise ValueError("a WhatsApp address has the form user@server")
        return cls(user, server, int(device or 0))

    def __str__(self) -> str:
        device = f":{self.device}" if self.device else ""
        return f"{self.user}{device}@{self.server}"

    @property
    def bare(self) -> "Jid":
        return Jid(self.user, self.server)

    @property
    def phone(self) -> str | None:
        """E.164 of a phone-number address, None for every other kind."""
        return f"+{self.user}" if self.server == PN_SERVER else None
