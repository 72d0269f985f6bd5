"""Files end to end: a virtual phone sends them, the real protocol library fetches them, a customer reads them."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from messageapi.sandbox.draft import Draft, DraftMedia

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SETTINGS = {"LOG_LEVEL": "info", "LOG_STYLE": "json"}


@pytest.fixture
async def stranger() -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody without a key."""
    async with aiohttp.ClientSession() as session:
        yield session


async def arrived(product: Any, eventually: Any, draft: Draft) -> dict[str, Any]:
    """A friend's phone sends it; the message as the API shows it."""
    fields = {name: getattr(draft, name) for name in draft.__struct_fields__}
    wa_id = await product.network.write(product.friend, Draft(**{**fields, "to": product.own}))
    found: list[dict[str, Any]] = []

    async def shown() -> bool:
        items = (await product.call("GET", "messages?direction=inbound"))["items"]
        found.extend(item for item in items if item["waMessageId"] == wa_id)
        return bool(found)

    await eventually(shown)
    return found[0]


def blobs(product: Any) -> list[Path]:
    return [path for path in (product.data / "blobs").rglob("*") if path.is_file()]


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
async def test_the_link_of_a_message_opens_what_was_sent(
    product: Any, stranger: Any, eventually: Any, kind: str
) -> None:
    head, said, found = FILES[kind]
    plain = head + secrets.token_bytes(200_000)
    shown = await arrived(product, eventually, draft(kind, plain, said, "Straße 1.pdf" if kind == "document" else ""))
    assert shown["type"] == kind
    assert (shown["media"]["size"], shown["media"]["sha256"]) == (len(plain), hashlib.sha256(plain).hexdigest())
    async with stranger.get(shown["media"]["url"]) as answer:
        assert answer.status == 200, await answer.text()
        assert await answer.read() == plain
        assert answer.headers["Content-Type"].partition(";")[0] == found
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        if kind == "document":
            assert "filename*=UTF-8''Stra%C3%9Fe%201.pdf" in answer.headers["Content-Disposition"]
    assert all(plain[1000:1064] not in path.read_bytes() for path in blobs(product))


async def test_with_a_key_a_part_is_read_by_the_messages_id(product: Any, stranger: Any, eventually: Any) -> None:
    plain = b"%PDF-1.7\n" + secrets.token_bytes(300_000)
    shown = await arrived(product, eventually, draft("document", plain, "application/pdf", "big.pdf"))
    url = f"{product.address}/api/v1/messages/{shown['id']}/media"
    async with product.http.get(url, headers={"Range": "bytes=65000-66000"}) as answer:
        assert answer.status == 206
        assert await answer.read() == plain[65000:66001]
    async with stranger.get(url) as answer:
        assert answer.status == 401
    async with product.http.head(url) as answer:
        assert (answer.status, answer.headers["Content-Length"]) == (200, str(len(plain)))


async def test_a_number_that_fetches_has_the_file_before_anybody_asks(
    product: Any, stranger: Any, eventually: Any
) -> None:
    await product.call("PATCH", product.number, {"autoDownload": "all"})
    before = len(blobs(product))
    plain = b"\x89PNG\r\n\x1a\n" + secrets.token_bytes(50_000)
    shown = await arrived(product, eventually, draft("image", plain, "image/png"))
    await eventually(lambda: len([path for path in blobs(product) if path.suffix != ".part"]) == before + 1)
    await product.call("PATCH", product.number, {"autoDownload": "off"})
    for path in (product.data / "sandbox" / "media").iterdir():
        path.unlink()  # the media server forgets everything
    async with stranger.get(shown["media"]["url"]) as answer:
        assert await answer.read() == plain


async def test_what_the_media_server_forgot_is_gone(product: Any, stranger: Any, eventually: Any) -> None:
    shown = await arrived(
        product, eventually, draft("image", b"\x89PNG\r\n\x1a\n" + secrets.token_bytes(5_000), "image/png")
    )
    for path in (product.data / "sandbox" / "media").iterdir():
        path.unlink()
    async with stranger.get(shown["media"]["url"]) as answer:
        assert (answer.status, (await answer.json())["code"]) == (410, "file_gone")


async def test_no_log_line_holds_a_link(product: Any, stranger: Any, eventually: Any, served: Any) -> None:
    shown = await arrived(
        product, eventually, draft("image", b"\x89PNG\r\n\x1a\n" + secrets.token_bytes(500), "image/png")
    )
    signature = shown["media"]["url"].rpartition("/")[2]
    for url in (shown["media"]["url"], shown["media"]["url"][:-1]):
        async with stranger.get(url) as answer:
            assert answer.status in {200, 404}
    said = served.log.read_text()
    assert "/media/{message_id}/{signature}" in said
    assert signature[:20] not in said
