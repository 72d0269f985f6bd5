"""The twin that sends nothing: it keeps the newest emails in memory and may show each one."""

from collections import deque
from collections.abc import Callable
from email.headerregistry import Address

from messageapi.mail.compose import NOBODY, composed, sender
from messageapi.mail.port import Email

KEPT = 50


class MemoryMail:
    """On the console `show` prints; tests read `newest`."""

    def __init__(self, origin: Address | None = None, show: Callable[[str], None] | None = None) -> None:
        self._origin = origin or sender(NOBODY)
        self._show = show
        self._emails: deque[Email] = deque(maxlen=KEPT)

    async def send(self, email: Email) -> None:
        mail = composed(email, self._origin)
        self._emails.appendleft(email)
        if self._show:
            self._show(f"--- mail to {mail['To']}\nSubject: {mail['Subject']}\n\n{email.text}\n---")

    async def newest(self, most: int) -> list[Email] | None:
        return list(self._emails)[:most]

    async def close(self) -> None:
        """Nothing is kept open."""
