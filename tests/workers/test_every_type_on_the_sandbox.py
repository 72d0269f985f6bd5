"""Every type of message by HTTP, through the whole product and the real protocol library, as the phone decrypts it."""

import base64
import hashlib
import io
import threading
import wave
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import aiohttp
import av
import pytest
from av.video.stream import VideoStream
from PIL import Image

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PAGE = b'<html><head><title>Our shop</title><meta name="description" content="All kinds of things"></head></html>'
PDF = b"%PDF-1.7\n" + b"an invoice\n" * 1_000 + b"%%EOF\n"


def picture(kind: str, size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind)
    return out.getvalue()


def film() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("h264", rate=10)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for turn in range(20):
            still = Image.linear_gradient("L").resize((320, 240)).rotate(9 * turn).convert("RGB")
            container.mux(stream.encode(av.VideoFrame.from_image(still)))  # type: ignore[no-untyped-call]
        container.mux(stream.encode(None))
    return out.getvalue()


def spoken() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 48_000, 0, "NONE", "not compressed"))
        sound.writeframes(b"".join((n * 97 % 20_000).to_bytes(2, "little") for n in range(48_000)))
    return out.getvalue()


PICTURE = picture("JPEG", (320, 240))
SHELVES = {"/": (PAGE, "text/html"), "/shop.jpg": (PICTURE, "image/jpeg")}


class Shop(BaseHTTPRequestHandler):
    """A customer's web server."""

    def do_GET(self) -> None:
        body, kind = SHELVES[self.path]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module", autouse=True)
def shop(request: pytest.FixtureRequest) -> Iterator[str]:
    """Its address; the product may reach it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        request.module.SETTINGS = {"ALLOWED_NETWORKS": "127.0.0.1/32", "FETCH_PORTS": str(server.server_port)}
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Sender:
    """Sends by HTTP and finds at the phone what arrived."""

    def __init__(self, product: Any, phone: str) -> None:
        self.product, self.phone, self.to = product, phone, phone
        self.last = ""

    async def upload(self, data: bytes, name: str) -> str:
        form = aiohttp.FormData()
        form.add_field("file", data, filename=name)
        async with self.product.http.post(f"{self.product.address}/api/v1/media", data=form) as answer:
            assert answer.status == 201, await answer.text()
            return str((await answer.json())["id"])

    async def says(self, **wish: object) -> Any:
        return await self.seen((await self.product.call("POST", "messages", {"to": self.to, **wish}))["id"])

    async def seen(self, message_id: str) -> Any:
        """As the phone shows it."""
        self.last = message_id
        sent = await self.product.told("message.sent", messageId=message_id)
        after = 0
        while (page := await self.product.network.inbox(self.phone, after, 30)).messages:
            for shown in page.messages:
                if shown.id == sent["waMessageId"]:
                    return shown
            after = page.next
        raise AssertionError("it is not at the phone")

    async def bytes_of(self, shown: Any) -> bytes:
        assert shown.media.error == ""
        data: bytes = await self.product.network.media(self.phone, shown.n)
        assert shown.media.sha256 == hashlib.sha256(data).hexdigest()
        return data


@pytest.fixture
def sender(product: Any) -> Sender:
    return Sender(product, product.friend)


async def test_files_arrive_with_caption_name_and_identical_bytes(sender: Sender, shop: str) -> None:
    image = await sender.says(type="image", url=f"{shop}/shop.jpg", caption="Our new shop")
    assert (image.type, image.text, image.media.mime) == ("image", "Our new shop", "image/jpeg")
    assert await sender.bytes_of(image) == PICTURE
    moving = film()
    video = await sender.says(type="video", mediaId=await sender.upload(moving, "film.mp4"), caption="It opens")
    assert (video.type, video.text, video.media.mime) == ("video", "It opens", "video/mp4")
    assert await sender.bytes_of(video) == moving
    inside = base64.b64encode(PDF).decode()
    bill = await sender.says(type="document", base64=inside, filename="Straße 1.pdf", caption="Yours")
    assert (bill.type, bill.text, bill.media.filename) == ("document", "Yours", "Straße 1.pdf")
    assert await sender.bytes_of(bill) == PDF


async def test_sounds_and_stickers_arrive(sender: Sender) -> None:
    voice = await sender.says(type="voice", mediaId=await sender.upload(spoken(), "said.wav"))
    opus = await sender.bytes_of(voice)
    assert (voice.type, voice.media.mime, voice.media.seconds) == ("voice", "audio/ogg; codecs=opus", 1)
    assert (opus[:4], b"OpusHead" in opus[:64]) == (b"OggS", True), "it is converted"
    audio = await sender.says(type="audio", mediaId=await sender.upload(opus, "said.ogg"))
    assert audio.type == "audio"
    assert await sender.bytes_of(audio) == opus
    square = picture("WEBP", (512, 512))
    sticker = await sender.says(type="sticker", mediaId=await sender.upload(square, "smile.webp"))
    assert (sticker.type, sticker.media.mime) == ("sticker", "image/webp")
    assert await sender.bytes_of(sticker) == square


async def test_what_is_no_file_arrives(sender: Sender, shop: str) -> None:
    text = await sender.says(text=f"See {shop}/", preview=True, forwarded=True)
    assert (text.type, text.text, text.forwarded) == ("text", f"See {shop}/", True)
    assert (text.preview.title, text.preview.description) == ("Our shop", "All kinds of things")
    place = await sender.says(type="location", latitude=52.5163, longitude=13.3777, name="Gate", address="Berlin")
    assert (place.type, place.location.latitude, place.location.name) == ("location", 52.5163, "Gate")
    card = await sender.says(type="contact", contacts=[{"name": "Ada", "phone": "+442071234567"}])
    assert (card.type, [one.name for one in card.contacts]) == ("contact", ["Ada"])
    poll = await sender.says(type="poll", question="When?", options=["Now", "Later"], choices=1)
    assert (poll.type, poll.poll.options, poll.poll.choices) == ("poll", ["Now", "Later"], 1)


async def test_messages_about_messages_arrive(sender: Sender, product: Any) -> None:
    first = await sender.says(text="Hello")
    hello = sender.last
    reply = await sender.says(text="Are you there?", replyTo={"messageId": hello, "text": "Hello"})
    assert (reply.quote.id, reply.quote.text, reply.quote.found) == (first.id, "Hello", True)
    thumb = await sender.says(type="reaction", target=hello, emoji="\N{THUMBS UP SIGN}")
    assert (thumb.type, thumb.text, thumb.target.id) == ("reaction", "\N{THUMBS UP SIGN}", first.id)
    edit = await sender.seen((await product.call("PATCH", f"messages/{hello}", {"text": "Hello, Ben"}))["id"])
    assert (edit.type, edit.text, edit.target.id, edit.target.found) == ("edit", "Hello, Ben", first.id, True)
    revoke = await sender.seen((await product.call("DELETE", f"messages/{hello}"))["id"])
    assert (revoke.type, revoke.target.id, revoke.target.found) == ("revoke", first.id, True)


async def test_in_a_group_some_or_all_are_mentioned(sender: Sender, product: Any) -> None:
    sender.to = (await product.network.create_group("Friends", [product.own, product.friend])).id
    one = await sender.says(text=f"@{product.friend[1:]} look", mentions=[product.friend])
    assert (one.group, one.mentions, one.mentions_all) == (True, [product.friend], False)
    assert (await sender.says(text="look", mentions="all")).mentions_all


async def test_a_status_and_a_channel_are_posted_to(sender: Sender, product: Any) -> None:
    await product.network.change(product.own, contacts=[product.friend])
    sender.to = "status@broadcast"
    status = await sender.says(text="Open today")
    assert (status.text, status.chat, status.group) == ("Open today", "status@broadcast", False)
    inside = base64.b64encode(PICTURE).decode()
    assert await sender.bytes_of(await sender.says(type="image", base64=inside)) == PICTURE
    channel = await product.network.create_newsletter("News", product.own, [product.friend])
    sender.to = channel.id
    issue = await sender.says(text="Issue 1")
    assert (issue.text, issue.chat) == ("Issue 1", channel.id)
    drawn = await product.call("POST", "messages", {"to": channel.id, "type": "image", "base64": inside})
    refused = await product.until(f"messages/{drawn['id']}", status="failed")
    assert refused["error"]["code"] == "unsupported", "the engine cannot"
