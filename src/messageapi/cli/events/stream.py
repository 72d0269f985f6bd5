"""The account's events as a command reads them: one after the other, over however many connections that takes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from messageapi.cli.client import Client, Streamed
from messageapi.cli.exits import CliError, Exit

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 15.0


@dataclass(frozen=True)
class Came:
    """One event. `body` is its JSON byte for byte, as a webhook would bring it."""

    id: str
    type: str
    body: bytes

    @property
    def document(self) -> dict[str, object]:
        read = json.loads(self.body)
        return read if isinstance(read, dict) else {}


@dataclass
class EventStream:
    """`query`: as the API has it. `say`: told when the connection is lost and found again."""

    client: Client
    query: dict[str, str]
    say: Callable[[str], None]
    last_id: str = ""

    async def events(self) -> AsyncIterator[Came]:
        """Without end. Raise CliError when the server refuses, or is not there in the first place."""
        pause, known = FIRST_PAUSE_S, False
        while True:
            try:
                async with self.client.stream("/events", self._headers(), self.query) as lines:
                    self.say("Connected again." if known else "Connected.")
                    pause, known = FIRST_PAUSE_S, True
                    async for event in self._read(lines):
                        yield event
            except CliError as problem:
                if not known or problem.exit_code == Exit.REFUSED:
                    raise
            self.say("The connection has ended. Connecting again ...")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _headers(self) -> dict[str, str]:
        asked = {"Accept": "text/event-stream"}
        return asked | {"Last-Event-ID": self.last_id} if self.last_id else asked

    async def _read(self, lines: Streamed) -> AsyncIterator[Came]:
        """Until the connection ends. What the stream itself has to say is passed on."""
        name, body, place = "", b"", self.last_id
        async for line in lines:
            field, _, value = line.rstrip(b"\r\n").partition(b": ")
            if field == b"id":
                place = value.decode()
            elif field == b"event":
                name = value.decode()
            elif field == b"data":
                body = value
            elif not line.strip():
                self.last_id = place
                if name in {"bye", "events_gone"}:
                    self.say(str(json.loads(body)["detail"]))
                elif body:
                    yield Came(place, name, body)
                name, body = "", b""
