"""Files end to end: a virtual phone sends them, the real protocol library fetches them, a customer reads them."""

import asyncio
import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest

from messageapi.sandbox.client import SandboxControl
from messageapi.sandbox.draft import Draft, DraftMedia

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PATIENCE_S = 60
SETTINGS = {"PORT": "0", "LOG_LEVEL": "info", "LOG_STYLE": "json"}


class Served(NamedTuple):
    data: Path
    ready: dict[str, Any]
    log: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    data, log = folder / "data", folder / "log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MESSAGEAPI_")}
    ours = {f"MESSAGEAPI_{name}": value for name, value in SETTINGS.items()} | {"MESSAGEAPI_DATA": str(data)}
    command = [sys.executable, "-m", "messageapi.cli", "serve", "--json"]
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=kept | ours, stdout=subprocess.PIPE, stderr=said, text=True)
    assert process.stdout
    try:
        yield Served(data, json.loads(process.stdout.readline()), log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        process.stdout.close()


class Product:
    """The API as its user, somebody without a key, the network it runs on, and the linked number with its phone."""

    def __init__(
        self, served: Served, user: aiohttp.ClientSession, stranger: aiohttp.ClientSession, network: SandboxControl
    ) -> None:
        self.data, self.address, self.phones = served.data, served.ready["address"], served.ready["phones"]
        self.user, self.stranger, self.network = user, stranger, network

    async def call(self, method: str, path: str, body: object = None) -> Any:
        async with self.user.request(method, f"{self.address}/api/v1/{path}", json=body) as response:
            assert response.status < 300, await response.text()
            return await response.json()

    async def arrived(self, draft: Draft) -> dict[str, Any]:
        """A friend's phone sends it; the message as the API shows it."""
        own, friend = self.phones[:2]
        wa_id = await self.network.write(friend, Draft(**{**_fields(draft), "to": own}))
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for item in (await self.call("GET", "messages?direction=inbound"))["items"]:
                    if item["waMessageId"] == wa_id:
                        shown: dict[str, Any] = item
                        return shown
                await asyncio.sleep(0.05)

    def blobs(self) -> list[Path]:
        return [path for path in (self.data / "blobs").rglob("*") if path.is_file()]


def _fields(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__struct_fields__}


@pytest.fixture
async def product(served: Served) -> AsyncIterator[Product]:
    async with (
        aiohttp.ClientSession(headers={"X-API-Key": served.ready["key"]}) as user,
        aiohttp.ClientSession() as stranger,
        SandboxControl.from_folder(served.data / "sandbox") as network,
    ):
        yield Product(served, user, stranger, network)


def draft(kind: Any, data: bytes, mime: str, filename: str = "") -> Draft:
    return Draft(to="-", type=kind, media=DraftMedia(data=data, mime=mime, filename=filename))


FILES = {
    "image": (b"\x89PNG\r\n\x1a\n", "image/png", "image/png"),
    "video": (b"\x00\x00\x00\x18ftypmp42", "video/mp4", "video/mp4"),
    "voice": (b"OggS\x00\x02", "audio/ogg; codecs=opus", "audio/ogg"),
    "document": (b"%PDF-1.7\n", "application/pdf", "application/pdf"),
    "sticker": (b"RIFF\x00\x00\x00\x00WEBP", "image/webp", "image/webp"),
}


@pytest.mark.parametrize("kind", FILES)
async def test_the_link_of_a_message_opens_what_was_sent(product: Product, kind: str) -> None:
    head, said, found = FILES[kind]
    plain = head + secrets.token_bytes(200_000)
    shown = await product.arrived(draft(kind, plain, said, "Straße 1.pdf" if kind == "document" else ""))
    assert shown["type"] == kind
    assert (shown["media"]["size"], shown["media"]["sha256"]) == (len(plain), hashlib.sha256(plain).hexdigest())
    async with product.stranger.get(shown["media"]["url"]) as answer:
        assert answer.status == 200, await answer.text()
        assert await answer.read() == plain
        assert answer.headers["Content-Type"].partition(";")[0] == found
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        if kind == "document":
            assert "filename*=UTF-8''Stra%C3%9Fe%201.pdf" in answer.headers["Content-Disposition"]
    assert all(plain[1000:1064] not in path.read_bytes() for path in product.blobs())


async def test_with_a_key_a_part_is_read_by_the_messages_id(product: Product) -> None:
    plain = b"%PDF-1.7\n" + secrets.token_bytes(300_000)
    shown = await product.arrived(draft("document", plain, "application/pdf", "big.pdf"))
    url = f"{product.address}/api/v1/messages/{shown['id']}/media"
    async with product.user.get(url, headers={"Range": "bytes=65000-66000"}) as answer:
        assert answer.status == 206
        assert await answer.read() == plain[65000:66001]
    async with product.stranger.get(url) as answer:
        assert answer.status == 401
    async with product.user.head(url) as answer:
        assert (answer.status, answer.headers["Content-Length"]) == (200, str(len(plain)))


async def test_a_number_that_fetches_has_the_file_before_anybody_asks(product: Product) -> None:
    number = (await product.call("GET", "numbers"))["items"][0]["id"]
    await product.call("PATCH", f"numbers/{number}", {"autoDownload": "all"})
    before = len(product.blobs())
    plain = b"\x89PNG\r\n\x1a\n" + secrets.token_bytes(50_000)
    shown = await product.arrived(draft("image", plain, "image/png"))
    async with asyncio.timeout(PATIENCE_S):
        while len([path for path in product.blobs() if path.suffix != ".part"]) != before + 1:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await product.call("PATCH", f"numbers/{number}", {"autoDownload": "off"})
    for path in (product.data / "sandbox" / "media").iterdir():
        path.unlink()  # the media server forgets everything
    async with product.stranger.get(shown["media"]["url"]) as answer:
        assert await answer.read() == plain


async def test_what_the_media_server_forgot_is_gone(product: Product) -> None:
    shown = await product.arrived(draft("image", b"\x89PNG\r\n\x1a\n" + secrets.token_bytes(5_000), "image/png"))
    for path in (product.data / "sandbox" / "media").iterdir():
        path.unlink()
    async with product.stranger.get(shown["media"]["url"]) as answer:
        assert (answer.status, (await answer.json())["code"]) == (410, "file_gone")


async def test_no_log_line_holds_a_link(product: Product, served: Served) -> None:
    shown = await product.arrived(draft("image", b"\x89PNG\r\n\x1a\n" + secrets.token_bytes(500), "image/png"))
    signature = shown["media"]["url"].rpartition("/")[2]
    for url in (shown["media"]["url"], shown["media"]["url"][:-1]):
        async with product.stranger.get(url) as answer:
            assert answer.status in {200, 404}
    said = served.log.read_text()
    assert "/media/{message_id}/{signature}" in said
    assert signature[:20] not in said
