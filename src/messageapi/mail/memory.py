"""The twin that sends nothing: it keeps the newest letters in memory and may show each one."""

from collections import deque
from collections.abc import Callable
from email.headerregistry import Address

from messageapi.mail.compose import NOBODY, composed, sender
from messageapi.mail.port import Letter

KEPT = 50


class MemoryMail:
    """On the console `show` prints; tests read `newest`."""

    def __init__(self, origin: Address | None = None, show: Callable[[str], None] | None = None) -> None:
        self._origin = origin or sender(NOBODY)
        self._show = show
        self._letters: deque[Letter] = deque(maxlen=KEPT)

    async def send(self, letter: Letter) -> None:
        mail = composed(letter, self._origin)
        self._letters.appendleft(letter)
        if self._show:
            self._show(f"--- mail to {mail['To']}\nSubject: {mail['Subject']}\n\n{letter.text}\n---")

    async def newest(self, most: int) -> list[Letter] | None:
        return list(self._letters)[:most]

    async def close(self) -> None:
        """Nothing is kept open."""
