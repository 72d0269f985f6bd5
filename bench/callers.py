"""Callers of a crash run: one for each chat, at a steady pace, who note down exactly what they were told."""

import asyncio
import time
from collections.abc import Callable, Sequence

import msgspec

from bench.account import Account
from bench.judge import Attempt
from bench.load import Address, Connection
from bench.scene import MESSAGES

ANSWER_S = 30.0
AGAIN_S = 0.05
ACCEPTED = 202


class Callers:
    """A refused POST is repeated as it is. An unanswered one is not: the next has a text of its own, for this one may
    be stored.
    """

    def __init__(self, address: Address, account: Account, label: str) -> None:
        self._address, self._account, self._label = address, account, label
        self.attempts: list[Attempt] = []
        self.refusals = 0
        self._stopping = False

    async def run(self, chats: Sequence[tuple[str, str, str]], per_second: float) -> None:
        """`chats`: sender, id of its number, recipient. Until `stop`."""
        every = len(chats) / per_second
        begun = time.monotonic()
        starts = [begun + every * n / len(chats) for n in range(len(chats))]
        await asyncio.gather(*(self._caller(chat, start, every) for chat, start in zip(chats, starts, strict=True)))

    def stop(self) -> None:
        self._stopping = True

    async def _caller(self, chat: tuple[str, str, str], start: float, every: float) -> None:
        """Behind its time after an outage, it catches up."""
        sender, number, to = chat
        line = _Line(self._address)
        n = 0
        while not self._stopping:
            await asyncio.sleep(max(0.0, start + n * every - time.monotonic()))
            text = f"{self._label} {sender} {to} {n}"
            body = {"to": to, "from": number, "text": text, "metadata": {"text": text}}
            attempt = await self._post(line, text, self._account.request(MESSAGES, body))
            if attempt:
                self.attempts.append(attempt)
            n += 1
        line.close()

    async def _post(self, line: "_Line", text: str, payload: bytes) -> Attempt | None:
        while True:
            connection = await line.connected(lambda: self._stopping)
            if connection is None:
                return None
            try:
                status, body = await connection.ask(payload, ANSWER_S)
            except TimeoutError:
                line.close()
                return Attempt(text, "late")
            except ConnectionError:
                line.close()
                return Attempt(text, "unanswered")
            if status == ACCEPTED:
                return Attempt(text, "accepted", msgspec.json.decode(body)["id"])
            self.refusals += 1
            await asyncio.sleep(AGAIN_S)


class _Line:
    """A connection that is made anew when it has gone."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: Connection | None = None

    async def connected(self, given_up: Callable[[], bool]) -> Connection | None:
        """None when nobody listened until the caller gave up: nothing was sent."""
        while self._connection is None or self._connection.closed:
            try:
                self._connection = await Connection.open(*self._address)
            except OSError:
                if given_up():
                    return None
                await asyncio.sleep(AGAIN_S)
        return self._connection

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None
