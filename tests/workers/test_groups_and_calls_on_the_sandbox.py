"""Groups, presence, calls and what a number does by itself, end to end: the real protocol library in the sandbox."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from messageapi.sandbox.client import SandboxControl

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PATIENCE_S = 60
SETTINGS = {"PORT": "0", "LOG_LEVEL": "warning"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    data = tmp_path_factory.mktemp("served") / "data"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MESSAGEAPI_")}
    ours = {f"MESSAGEAPI_{name}": value for name, value in SETTINGS.items()} | {"MESSAGEAPI_DATA": str(data)}
    command = [sys.executable, "-m", "messageapi.cli", "serve", "--json"]
    process = subprocess.Popen(command, env=kept | ours, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield data, json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        process.stdout.close()


class Product:
    """The API as its user, the network, and the linked number with its phone (`own`) and a `friend`."""

    def __init__(self, ready: dict[str, Any], http: aiohttp.ClientSession, network: SandboxControl) -> None:
        self._address, self._http, self.network = ready["address"], http, network
        self.own, self.friend = ready["phones"][:2]
        self.number = ""

    async def start(self) -> "Product":
        number = (await self.call("GET", "numbers"))["items"][0]
        self.number = f"numbers/{number['id']}"
        async with asyncio.timeout(PATIENCE_S):
            while (await self.call("GET", self.number))["state"] != "connected":  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(0.05)
        return self

    async def call(self, method: str, path: str, body: object = None, **query: str) -> Any:
        url = f"{self._address}/api/v1/{path}"
        async with self._http.request(method, url, json=body, params=query) as response:
            assert response.status < 300, await response.text()
            return await response.json() if response.status != 204 else None

    async def event(self, kind: str, **having: object) -> dict[str, Any]:
        """The first of the account's events of this type with these facts."""
        after = "oldest"
        async with asyncio.timeout(PATIENCE_S):
            while True:
                page = await self.call("GET", "events", after=after, wait="5", types=kind)
                for event in page["items"]:
                    data: dict[str, Any] = event["data"]
                    if all(data.get(name) == value for name, value in having.items()):
                        return data
                after = page["next"]

    async def noticed(self, phone: str, kind: str, state: str, after: int) -> Any:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                page = await self.network.notices(phone, after, 5)
                for notice in page.notices:
                    if (notice.kind, notice.state) == (kind, state):
                        return notice
                after = page.next


@pytest.fixture
async def product(served: tuple[Path, dict[str, Any]]) -> AsyncIterator[Product]:
    data, ready = served
    async with (
        aiohttp.ClientSession(headers={"X-API-Key": ready["key"]}) as http,
        SandboxControl.from_folder(data / "sandbox") as network,
    ):
        yield await Product(ready, http, network).start()


async def test_a_group_is_made_written_to_and_changed_by_others(product: Product) -> None:
    made = await product.call("POST", f"{product.number}/groups", {"subject": "Regulars", "members": [product.friend]})
    assert [(each["phone"], each["role"]) for each in made["members"]] == [
        (product.own, "owner"),
        (product.friend, "member"),
    ]
    joined = await product.event("group.joined", group=made["id"])
    assert (joined["subject"], joined["role"], joined["size"]) == ("Regulars", "owner", 2)

    await product.call("POST", "messages", {"to": made["id"], "text": "Welcome, all"})
    async with asyncio.timeout(PATIENCE_S):
        page = await product.network.inbox(product.friend, 0, 20)
        while "Welcome, all" not in [each.text for each in page.messages]:
            page = await product.network.inbox(product.friend, page.next, 20)

    await product.call(
        "POST", f"{product.number}/groups/{made['id']}/members", {"change": "promote", "members": [product.friend]}
    )
    await product.network.change_group(made["id"], product.friend, subject="Friends")
    told = await product.event("group.updated", subject="Friends")
    assert (told["group"], told["by"]["phone"]) == (made["id"], product.friend)
    assert told["by"]["lid"].endswith("@lid")
    await product.network.change_members(made["id"], product.friend, "leave")
    left = await product.event("group.updated", left=[told["by"]])
    assert left["own"] is False
    assert (await product.call("GET", f"{product.number}/groups/{made['id']}"))["size"] == 1
    await product.call("POST", f"{product.number}/groups/{made['id']}/leave")
    assert (await product.call("GET", f"{product.number}/groups"))["items"] == []


async def test_a_call_is_told_and_turned_away(product: Product) -> None:
    await product.call("PATCH", product.number, {"rejectCalls": True})
    call_id = await product.network.call(product.friend, product.own, video=True)
    told = await product.event("call.received", callId=call_id)
    assert (told["phone"], told["video"], told["late"]) == (product.friend, True, False)
    assert (await product.noticed(product.friend, "call", "reject", 0)).ids == [call_id]

    await product.call("PATCH", product.number, {"rejectCalls": False})
    second = await product.network.call(product.friend, product.own)
    told = await product.event("call.received", callId=second)
    before = (await product.network.notices(product.friend)).next
    await product.call("POST", f"{product.number}/calls/{second}/reject", {"sender": told["sender"]})
    assert (await product.noticed(product.friend, "call", "reject", before)).ids == [second]


async def test_a_person_is_seen_to_come_and_go_over_a_lost_connection(product: Product) -> None:
    await product.call("PATCH", product.number, {"online": True})
    await product.call("PUT", f"{product.number}/presence/{product.friend}")
    await product.event("presence.updated", state="online", phone=product.friend)
    await product.network.typing(product.friend, product.own)
    await product.event("presence.updated", state="typing", phone=product.friend)

    await product.network.kick(product.own)
    await product.network.change(product.friend, online=False)

    gone = await product.event("presence.updated", state="offline", phone=product.friend)
    assert gone["lastSeen"]
    shown = await product.call("GET", f"{product.number}/presence/{product.friend}")
    assert (shown["state"], shown["lid"]) == ("offline", gone["lid"])
    async with asyncio.timeout(PATIENCE_S):
        while not (await product.network.phone(product.own)).devices[0].present:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0.05)
    await product.network.change(product.friend, online=True)


async def test_what_comes_is_marked_as_read_by_itself(product: Product) -> None:
    await product.call("PATCH", product.number, {"autoRead": True})
    before = (await product.network.notices(product.friend)).next
    wa_id = await product.network.send(product.friend, product.own, "Has anybody seen this?")
    while wa_id not in (notice := await product.noticed(product.friend, "receipt", "read", before)).ids:
        before = notice.n
    assert notice.from_ == product.own
