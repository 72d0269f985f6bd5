"""People end to end: the real protocol library in the sandbox, virtual phones notice typing and reading, say STOP, and
have numbers in two forms.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest

from messageapi.sandbox.client import SandboxControl

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PATIENCE_S = 60
SETTINGS = {"PORT": "0", "LOG_LEVEL": "warning"}


class Served(NamedTuple):
    data: Path
    ready: dict[str, Any]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("served") / "data"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MESSAGEAPI_")}
    ours = {f"MESSAGEAPI_{name}": value for name, value in SETTINGS.items()} | {"MESSAGEAPI_DATA": str(data)}
    command = [sys.executable, "-m", "messageapi.cli", "serve", "--json"]
    process = subprocess.Popen(command, env=kept | ours, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield Served(data, json.loads(process.stdout.readline()))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        process.stdout.close()


class Product:
    """The API as its user, the network it runs on, and the linked number with its phone."""

    def __init__(self, served: Served, http: aiohttp.ClientSession, network: SandboxControl) -> None:
        self.address, self.phones = served.ready["address"], served.ready["phones"]
        self.http, self.network = http, network

    async def call(self, method: str, path: str, body: object = None) -> Any:
        async with self.http.request(method, f"{self.address}/api/v1/{path}", json=body) as response:
            assert response.status < 300, await response.text()
            return await response.json() if response.status != 204 else None

    async def number(self) -> str:
        return str((await self.call("GET", "numbers"))["items"][0]["id"])

    async def until(self, path: str, **wanted: object) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                seen: dict[str, Any] = await self.call("GET", path)
                if all(seen.get(name) == value for name, value in wanted.items()):
                    return seen
                await asyncio.sleep(0.05)

    async def listed(self, path: str, count: int) -> list[dict[str, Any]]:
        """The list as soon as it has so many entries."""
        async with asyncio.timeout(PATIENCE_S):
            while len(items := (await self.call("GET", path))["items"]) != count:  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(0.05)
        return list(items)

    async def noticed(self, phone: str, kind: str, state: str) -> Any:
        seen = 0
        while True:
            page = await self.network.notices(phone, seen, 20)
            assert page.notices, f"no {kind} {state} was noticed"
            for notice in page.notices:
                seen = notice.n
                if (notice.kind, notice.state) == (kind, state):
                    return notice


@pytest.fixture
async def product(served: Served) -> AsyncIterator[Product]:
    async with (
        aiohttp.ClientSession(headers={"X-API-Key": served.ready["key"]}) as http,
        SandboxControl.from_folder(served.data / "sandbox") as network,
    ):
        yield Product(served, http, network)


async def test_a_phone_sees_typing_recording_and_their_end(product: Product) -> None:
    own, friend = product.phones[:2]
    chat = f"numbers/{await product.number()}/chats/{friend}"
    for body, state in (({}, "composing"), ({"kind": "recording"}, "recording"), ({"on": False}, "paused")):
        await product.call("POST", f"{chat}/typing", body)
        notice = await product.noticed(friend, "typing", state)
        assert notice.from_ == own


async def test_a_phone_sees_that_its_message_was_read(product: Product) -> None:
    own, friend = product.phones[:2]
    wa_id = await product.network.send(friend, own, "Is anybody there?")
    (received,) = await product.listed("messages?direction=inbound", 1)
    assert received["waMessageId"] == wa_id
    await product.call(
        "POST", f"numbers/{await product.number()}/chats/{friend}/read", {"messageIds": [received["id"]]}
    )
    notice = await product.noticed(friend, "receipt", "read")
    assert wa_id in notice.ids


async def test_a_number_in_its_other_form_is_found_and_written_to(product: Product) -> None:
    written, real = "+5511987654321", "+551187654321"
    await product.network.create_phone(real)
    sent = await product.call("POST", "messages", {"to": written, "text": "Oi"})
    shown = await product.until(f"messages/{sent['id']}", status="read")
    assert (shown["phone"], shown["chat"]) == (real, f"{real[1:]}@s.whatsapp.net")
    assert shown["lid"].endswith("@lid")
    assert [each.text for each in (await product.network.inbox(real)).messages] == ["Oi"]
    number = await product.number()
    found = await product.call("POST", f"numbers/{number}/contacts/check", {"phones": [written, "+5521999999999"]})
    assert [each["onWhatsApp"] for each in found["items"]] == [True, False]
    await product.network.send(real, product.phones[0], "Tudo bem?")
    await product.listed(f"messages?recipient=%2B{written[1:]}", 2)
    again = await product.call("POST", "messages", {"to": shown["lid"], "text": "Tudo!"})
    assert again["to"] == shown["chat"], "the hidden identity is the same chat"


async def test_who_says_stop_gets_no_bulk_messages_until_start(product: Product) -> None:
    own, friend = product.phones[:2]
    await product.network.send(friend, own, "Stop!")
    (entry,) = await product.listed("opt-outs", 1)
    assert entry["phone"] == friend
    batch = {"messages": [{"to": friend, "text": "Sale!"}, {"to": friend, "text": "Your order", "bulk": False}]}
    answer = await product.call("POST", "messages/batch", batch)
    assert (answer["accepted"], answer["results"][0]["problem"]["code"]) == (1, "recipient_opted_out")
    await product.network.send(friend, own, "START")
    await product.listed("opt-outs", 0)
    assert (await product.call("POST", "messages/batch", batch))["accepted"] == 2
