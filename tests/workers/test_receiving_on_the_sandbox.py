"""Receiving end to end: a virtual phone writes, the real protocol library takes it, and the events tell it."""

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
from messageapi.sandbox.draft import Draft, DraftMedia

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PATIENCE_S = 60
SETTINGS = {"PORT": "0", "LOG_LEVEL": "warning"}
PNG = DraftMedia(data=bytes(range(256)), mime="image/png")


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
    """The API as its user, and the phones of its network. `us` is the linked number, `friend` writes to it."""

    def __init__(self, ready: dict[str, Any], http: aiohttp.ClientSession, network: SandboxControl) -> None:
        self.address, self.http, self.network = ready["address"], http, network
        self.us, self.friend = ready["phones"][:2]
        self.place = "oldest"

    async def call(self, method: str, path: str, body: object = None) -> Any:
        async with self.http.request(method, f"{self.address}/api/v1/{path}", json=body) as response:
            assert response.status < 300, await response.text()
            return await response.json()

    async def writes(self, **draft: Any) -> str:
        return await self.network.write(self.friend, Draft(to=self.us, **draft))

    async def told(self, kind: str) -> dict[str, Any]:
        """The data of the next event of this type."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                seen = await self.call("GET", f"events?after={self.place}&types={kind}&wait=20&limit=1")
                self.place = seen["next"]
                for event in seen["items"]:
                    return dict(event["data"])

    async def sends(self, **message: Any) -> tuple[str, str]:
        """Our id and WhatsApp's, once the friend's phone has it."""
        message_id = (await self.call("POST", "messages", {"to": self.friend, **message}))["id"]
        async with asyncio.timeout(PATIENCE_S):
            while True:
                seen = await self.call("GET", f"messages/{message_id}")
                if seen["status"] in {"delivered", "read"}:
                    return message_id, seen["waMessageId"]
                await asyncio.sleep(0.05)


@pytest.fixture
async def product(served: tuple[Path, dict[str, Any]]) -> AsyncIterator[Product]:
    data, ready = served
    async with (
        aiohttp.ClientSession(headers={"X-API-Key": ready["key"]}) as http,
        SandboxControl.from_folder(data / "sandbox") as network,
    ):
        made = Product(ready, http, network)
        made.place = (await made.call("GET", "events"))["next"]
        yield made


async def test_what_a_phone_writes_and_does_is_told(product: Product) -> None:
    ours, wa_id = await product.sends(text="Which one?")
    await product.writes(type="image", media=PNG, text="Thsi", quote=wa_id)
    picture = await product.told("message.received")
    assert (picture["type"], picture["text"], picture["media"]["size"]) == ("image", "Thsi", 256)
    assert (picture["quote"]["messageId"], picture["quote"]["ours"]) == (ours, True)
    assert picture["phone"] == product.friend
    assert picture["lid"].endswith("@lid")

    await product.writes(type="reaction", target=wa_id, text="+")
    reaction = await product.told("message.reaction")
    assert (reaction["messageId"], reaction["emoji"], reaction["phone"]) == (ours, "+", product.friend)

    await product.writes(type="edit", target=picture["waMessageId"], text="This")
    edited = await product.told("message.edited")
    assert (edited["messageId"], edited["text"]) == (picture["messageId"], "This")
    shown = await product.call("GET", f"messages/{picture['messageId']}")
    assert shown["editedAt"]

    await product.writes(type="revoke", target=picture["waMessageId"])
    assert (await product.told("message.revoked"))["messageId"] == picture["messageId"]
    shown = await product.call("GET", f"messages/{picture['messageId']}")
    assert (shown["text"], "media" in shown, bool(shown["revokedAt"])) == (None, False, True)


async def test_votes_in_a_poll_of_ours_are_told_by_name_and_can_change(product: Product) -> None:
    poll = {"type": "poll", "question": "When?", "options": ["now", "later"], "choices": 1}
    ours, wa_id = await product.sends(**poll)
    for options in (["later"], ["now"], []):
        await product.writes(type="poll_vote", target=wa_id, options=options)
        vote = await product.told("poll.vote")
        assert (vote["messageId"], vote["options"], vote["phone"]) == (ours, options, product.friend)


async def test_what_the_owner_writes_on_the_phone_is_told_where_the_number_tells_it(product: Product) -> None:
    (number,) = (await product.call("GET", "numbers"))["items"]
    await product.call("PATCH", f"numbers/{number['id']}", {"ownMessages": True})
    wa_id = await product.network.write(product.us, Draft(to=product.friend, text="from my phone"))
    told = await product.told("message.sent_elsewhere")
    assert (told["waMessageId"], told["text"], told["status"]) == (wa_id, "from my phone", "sent")
    assert told["phone"] == product.friend
    assert told["lid"].endswith("@lid")
