"""What WhatsApp refuses, end to end: the real protocol library meets it in the sandbox, the API says what it means."""

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
from messageapi.sandbox.planted import Refusal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PATIENCE_S = 60
SETTINGS = {
    "PORT": "0",
    "SEND_DEADLINE_SECONDS": "5",
    "RESEND_AFTER_SECONDS": "2",
    "STUCK_SENDING_SECONDS": "2",
    "STUCK_SENT_SECONDS": "2",
    "LOG_LEVEL": "warning",
}


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
    """The API as its user, and the network it runs on."""

    def __init__(self, served: Served, http: aiohttp.ClientSession, network: SandboxControl) -> None:
        self.address, self.friend = served.ready["address"], served.ready["phones"][1]
        self.http, self.network = http, network

    async def call(self, method: str, path: str, body: object = None) -> Any:
        async with self.http.request(method, f"{self.address}/api/v1/{path}", json=body) as response:
            assert response.status < 300, await response.text()
            return await response.json()

    async def send(self, to: str, text: str = "Hello", **more: object) -> str:
        return str((await self.call("POST", "messages", {"to": to, "type": "text", "text": text, **more}))["id"])

    async def until(self, path: str, **wanted: object) -> dict[str, Any]:
        """The resource as soon as it looks like this."""
        seen: dict[str, Any] = {}
        try:
            async with asyncio.timeout(PATIENCE_S):
                while any(seen.get(name) != value for name, value in wanted.items()):
                    await asyncio.sleep(0.05 if seen else 0)
                    seen = await self.call("GET", path)
        except TimeoutError:
            pytest.fail(f"{path} did not become {wanted}, it is {seen}")
        return seen

    async def ends(self, message_id: str, status: str) -> dict[str, Any]:
        return await self.until(f"messages/{message_id}", status=status)

    async def phone(self, phone: str) -> str:
        await self.network.create_phone(phone)
        return phone

    async def number(self, phone: str) -> dict[str, Any]:
        """A number of its own, linked to this phone."""
        await self.phone(phone)
        number = await self.call("POST", "numbers", {"name": phone, "network": "sandbox"})
        await self.call("POST", f"numbers/{number['id']}/link", {"method": "qr"})
        async with asyncio.timeout(PATIENCE_S):
            while True:
                async with self.http.get(f"{self.address}/api/v1/numbers/{number['id']}/qr?format=json") as response:
                    if response.status == 200 and (code := (await response.json()).get("qr")):
                        break
                await asyncio.sleep(0.1)
        await self.network.scan(phone, code)
        return await self.until(f"numbers/{number['id']}", state="connected")


@pytest.fixture
async def product(served: Served) -> AsyncIterator[Product]:
    async with (
        aiohttp.ClientSession(headers={"X-API-Key": served.ready["key"]}) as http,
        SandboxControl.from_folder(served.data / "sandbox") as network,
    ):
        yield Product(served, http, network)
        await network.lift()


def explained(message: dict[str, Any]) -> str:
    """The code; with a sentence that ends in what to do."""
    error = message["error"]
    assert len(error["detail"]) > 40, error
    assert error["detail"].endswith("."), error
    return str(error["code"])


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (400, "wa_400"),
        (403, "not_permitted"),
        (404, "not_on_whatsapp"),
        (405, "not_permitted"),
        (406, "not_permitted"),
        (410, "not_on_whatsapp"),
        (479, "message_rejected"),
    ],
)
async def test_what_a_person_will_never_get_fails_with_the_reason(product: Product, code: int, meaning: str) -> None:
    await product.network.plant(Refusal(code=code, recipient=product.friend, times=2))
    message = await product.ends(await product.send(product.friend), "failed")
    assert explained(message) == meaning


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (403, "group_not_permitted"),
        (404, "not_in_group"),
        (405, "group_not_permitted"),
        (406, "group_not_permitted"),
        (410, "not_in_group"),
        (420, "group_not_permitted"),
    ],
)
async def test_what_a_group_does_not_take_fails_with_the_reason(
    served: Served, product: Product, code: int, meaning: str
) -> None:
    group = await product.network.create_group("Shop", [product.friend, served.ready["phones"][0]])
    await product.network.plant(Refusal(code=code, recipient=group.id, times=2))
    message = await product.ends(await product.send(group.id), "failed")
    assert explained(message) == meaning


async def test_a_channel_of_others_does_not_take_posts(product: Product) -> None:
    channel = await product.network.create_newsletter("News", product.friend)
    assert explained(await product.ends(await product.send(channel.id), "failed")) == "channel_not_permitted"


async def test_a_number_nobody_has_is_not_on_whatsapp(product: Product) -> None:
    assert explained(await product.ends(await product.send("+12025550999"), "failed")) == "not_on_whatsapp"


@pytest.mark.parametrize("code", [429, 503])
async def test_what_is_refused_for_now_is_sent_later(product: Product, code: int) -> None:
    await product.network.plant(Refusal(code=code, recipient=product.friend, times=2))
    message = await product.ends(await product.send(product.friend, f"after {code}"), "read")
    assert (message["attempts"], message["error"]) == (3, None)


async def test_a_stale_token_costs_one_try_more_at_once(product: Product) -> None:
    await product.network.plant(Refusal(code=479, recipient=product.friend, times=1))
    message = await product.ends(await product.send(product.friend), "read")
    assert message["attempts"] == 1


async def test_without_an_answer_a_message_is_stuck_and_then_unconfirmed(product: Product) -> None:
    own = await product.number("+12025550131")
    await product.network.plant(Refusal(answer="none", sender="+12025550131"))
    message_id = await product.send(product.friend, **{"from": own["id"]})
    stuck = await product.until(f"messages/{message_id}", stuck=True)
    assert (stuck["status"], bool(stuck["stuckSince"])) == ("sending", True)
    assert explained(await product.ends(message_id, "unconfirmed")) in {"deadline", "timed_out", "no_answer"}


async def test_a_receipt_settles_what_nobody_acknowledged(product: Product) -> None:
    own = await product.number("+12025550132")
    await product.network.plant(Refusal(answer="lost", sender="+12025550132"))
    message_id = await product.send(product.friend, "lost and found", **{"from": own["id"]})
    assert (await product.ends(message_id, "read"))["error"] is None


async def test_who_asked_for_it_is_sent_a_message_again(product: Product) -> None:
    own = await product.number("+12025550133")
    await product.network.plant(Refusal(answer="none", sender="+12025550133"))
    message_id = await product.send(product.friend, "again", onUnconfirmed="resend", **{"from": own["id"]})
    await product.ends(message_id, "unconfirmed")
    await product.network.lift()
    message = await product.ends(message_id, "read")
    moments = [moment["status"] for moment in message["timeline"]]
    assert moments.index("resent") > moments.index("accepted")


async def test_a_message_that_no_phone_acknowledges_is_stuck(product: Product) -> None:
    await product.network.plant(Refusal(answer="sunk", recipient=product.friend, times=1))
    message_id = await product.send(product.friend)
    message = await product.until(f"messages/{message_id}", stuck=True)
    assert message["status"] == "sent"


async def test_a_number_that_may_not_write_to_strangers_answers_and_waits(product: Product) -> None:
    own = await product.number("+12025550134")
    known, stranger, third = [await product.phone(f"+1202555014{place}") for place in range(3)]
    sender = {"from": own["id"]}
    await product.network.send(known, "+12025550134", "a question")
    await product.network.plant(Refusal(code=463, sender="+12025550134", new_contacts=True))
    refused = await product.ends(await product.send(stranger, **sender), "failed")
    assert explained(refused) == "new_contact_limited"
    number = await product.until(f"numbers/{own['id']}", state="limited")
    assert (number["reasonCode"], bool(number["limitedUntil"])) == ("new_contacts", True)
    held = await product.send(third, "held", **sender)
    await product.ends(await product.send(known, "an answer", **sender), "read")
    waiting = await product.call("GET", f"messages/{held}")
    assert (waiting["status"], waiting["held"]["code"]) == ("accepted", "new_contacts")
    await product.network.send(third, "+12025550134", "hello, it is me")
    await product.ends(held, "read")


async def test_a_number_that_is_banned_from_sending_holds_everything(product: Product) -> None:
    own = await product.number("+12025550135")
    await product.network.plant(Refusal(code=402, sender="+12025550135"))
    message_id = await product.send(product.friend, **{"from": own["id"]})
    number = await product.until(f"numbers/{own['id']}", state="limited")
    assert (number["reasonCode"], bool(number["limitedUntil"])) == ("everything", True)
    assert (await product.call("GET", f"messages/{message_id}"))["status"] == "accepted"


async def test_a_temporary_ban_has_an_end_and_the_message_goes_after_it(product: Product) -> None:
    own = await product.number("+12025550136")
    until = await product.network.ban("+12025550136", seconds=8)
    number = await product.until(f"numbers/{own['id']}", state="banned")
    assert number["limitedUntil"]
    assert until > 0
    assert number["reason"].endswith(".")
    await product.until(f"numbers/{own['id']}", state="connected")
    await product.ends(await product.send(product.friend, **{"from": own["id"]}), "read")
