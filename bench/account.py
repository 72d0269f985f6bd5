"""An account of the product under test and what a benchmark does with it: keys, numbers, links, messages."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec

from bench.load import request
from bench.processes import BenchError
from bench.product import Door
from messageapi.sandbox.client import SandboxControl, SandboxError

DEADLINE = aiohttp.ClientTimeout(total=30)
LINK_S = 90.0
LINK_TRIES = 3
LOOK_EVERY_S = 0.1
PAGE = 200
Document = dict[str, Any]


class NotLinkedError(BenchError):
    """A linking ended without a link, or has taken too long."""


class Account:
    """Acts through the operator's door, so that the key is for the measured calls alone."""

    def __init__(self, door: Door, account_id: str) -> None:
        self.door = door
        self.id = account_id
        self.key = ""
        self.failed_links: Counter[str] = Counter()
        self._session = aiohttp.ClientSession(timeout=DEADLINE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        await self._session.close()

    async def open(self) -> None:
        """Make a key for what is measured."""
        scopes = ["messages:send", "messages:read", "numbers:read", "numbers:manage"]
        self.key = (await self.ask("POST", "/keys", {"name": "bench", "scopes": scopes}))["key"]

    async def ask(self, method: str, path: str, body: object = None) -> Document:
        """One of the account's own calls."""
        return await self._ask(method, f"/accounts/{self.id}/api/v1{path}", body)

    async def _ask(self, method: str, path: str, body: object = None) -> Document:
        data = None if body is None else msgspec.json.encode(body)
        headers = {"Authorization": f"Bearer {self.door.token}", "Content-Type": "application/json"}
        url = f"{self.door.url}/operator/v1{path}"
        async with self._session.request(method, url, data=data, headers=headers) as response:
            content = await response.read()
        if response.status >= 400:
            raise BenchError(f"{method} {path.partition('?')[0]}: {response.status} {content[:300].decode()}")
        return msgspec.json.decode(content) if content else {}

    def request(self, path: str, body: object) -> bytes:
        """A measured call as bytes."""
        headers = {"X-API-Key": self.key, "Content-Type": "application/json"}
        return request("127.0.0.1", "POST", path, headers, msgspec.json.encode(body))

    # --- numbers ---

    async def link_all(self, phones: Sequence[str], control: SandboxControl, *, at_once: int = 4) -> dict[str, str]:
        """Numbers linked to these virtual phones, connected when this returns: phone -> number id."""
        gate = asyncio.Semaphore(at_once)

        async def one(phone: str) -> str:
            async with gate:
                return await self.link(phone, control)

        return dict(zip(phones, await asyncio.gather(*map(one, phones)), strict=True))

    async def link(self, phone: str, control: SandboxControl) -> str:
        """What fails is counted and tried again, as a person would."""
        await control.create_phone(phone)
        number_id = str((await self.ask("POST", "/numbers", {"name": phone, "network": "sandbox"}))["id"])
        for attempt in range(1, LINK_TRIES + 1):
            await self.ask("POST", f"/numbers/{number_id}/link", {"method": "qr"})
            try:
                await control.scan(phone, await self.qr(number_id))
                await self._until_linked(number_id)
            except (SandboxError, NotLinkedError) as problem:
                self.failed_links[str(problem)] += 1
                if attempt == LINK_TRIES:
                    raise
            else:
                break
        return number_id

    async def _until_linked(self, number_id: str) -> None:
        end = time.monotonic() + LINK_S
        while (number := await self.ask("GET", f"/numbers/{number_id}"))["state"] != "connected":
            if number["state"] == "created" or time.monotonic() > end:
                raise NotLinkedError(f"{number['state']} ({number['reasonCode']})")
            await asyncio.sleep(LOOK_EVERY_S)

    async def qr(self, number_id: str) -> str:
        """The first code, as soon as it is there."""
        end = time.monotonic() + LINK_S
        while time.monotonic() < end:
            try:
                return str((await self.ask("GET", f"/numbers/{number_id}/qr?format=json"))["qr"])
            except BenchError as problem:
                if " 404 " not in str(problem):
                    raise
            await asyncio.sleep(LOOK_EVERY_S)
        raise BenchError("no QR code came")

    async def until_state(self, number_ids: Iterable[str], state: str, seconds: float = LINK_S) -> float:
        """Seconds until all are in this state."""
        begun, wanted = time.monotonic(), set(number_ids)
        while True:
            waiting = [one for one in await self.numbers() if one["id"] in wanted and one["state"] != state]
            if not waiting:
                return time.monotonic() - begun
            if time.monotonic() - begun > seconds:
                why = Counter(f"{one['state']} ({one['reasonCode']})" for one in waiting)
                raise BenchError(f"not {state} after {seconds:g} s: {dict(why)}")
            await asyncio.sleep(LOOK_EVERY_S)

    async def numbers(self) -> list[Document]:
        return await self._every("/numbers")

    # --- messages ---

    async def sent_messages(self) -> list[Document]:
        """Every outbound message, oldest first."""
        return await self._every("/messages", "&direction=outbound&order=asc")

    async def received_messages(self) -> list[Document]:
        """Every inbound message, oldest first."""
        return await self._every("/messages", "&direction=inbound&order=asc")

    async def today(self) -> dict[str, int]:
        """The day's messages by what became of them: one cheap call."""
        return dict((await self.ask("GET", "/status"))["today"])

    async def _every(self, path: str, more: str = "") -> list[Document]:
        found: list[Document] = []
        cursor = ""
        while True:
            page = await self.ask("GET", f"{path}?limit={PAGE}{more}" + (f"&cursor={cursor}" if cursor else ""))
            found += page["items"]
            cursor = page.get("nextCursor") or ""
            if not cursor:
                return found
