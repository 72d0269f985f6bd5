"""Messages with files: fetched, found out, sealed, held while the message needs them, and fetched once for a batch."""

import base64
import io
import socket
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from PIL import Image as Pillow
from sqlalchemy import select

from messageapi.outside.addresses import networks
from messageapi.outside.door import Outside, Rules
from messageapi.store.tables import media_uses
from messageapi.vocab.content import Document, Image, Preview, Sticker, Text

PATH = "/api/v1/messages"
TO = {"to": "+12025550123"}
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"

pytestmark = pytest.mark.usefixtures("number")


def picture() -> bytes:
    drawn = io.BytesIO()
    Pillow.new("RGB", (40, 30), "teal").save(drawn, "JPEG")
    return drawn.getvalue()


class Web:
    """A web server on loopback that counts what is asked of it."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.url = ""

    async def serve(self, request: web.Request) -> web.Response:
        self.asked[request.path] += 1
        if request.path == "/page":
            text = "<html><title>The shop</title><meta name=description content='All we have'></html>"
            return web.Response(text=text, content_type="text/html")
        return web.Response(body=PAPER if request.path.endswith(".pdf") else picture())


@pytest.fixture
async def somewhere() -> AsyncIterator[Web]:
    place, site = Web(), web.Application()
    site.add_routes([web.get("/{name}", place.serve)])
    runner = web.AppRunner(site)
    await runner.setup()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        await web.SockSite(runner, listening).start()
        place.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield place
        await runner.cleanup()


@pytest.fixture
async def doors(doors: Any, somewhere: Web) -> AsyncIterator[Any]:
    """The guard lets `somewhere` through."""
    port = int(somewhere.url.rpartition(":")[2])
    outside = Outside(Rules(ports=frozenset({port}), private=networks("127.0.0.1/32")))
    fields = {name: getattr(doors, name) for name in type(doors).__slots__}
    yield type(doors)(**{**fields, "outside": outside})
    await outside.close()


async def sent(person: Any, body: Any) -> Any:
    answer = await person.post(PATH, json={**TO, **body})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def held(doors: Any) -> list[str]:
    rows = await doors.db.read(lambda tx: tx.rows(select(media_uses.c.message_id)))
    return [row.message_id for row in rows]


async def read(doors: Any, file: Any) -> bytes:
    return b"".join([chunk async for chunk in doors.blobs.get(file.name, file.key)])


async def test_a_picture_by_url_is_sealed_with_its_caption(alice: Any, doors: Any, letter: Any, somewhere: Any) -> None:
    message_id = await sent(alice, {"type": "image", "url": f"{somewhere.url}/a.bin", "caption": "Shop"})
    content = (await letter(message_id)).content
    assert isinstance(content, Image)
    assert (content.caption, content.width, content.height) == ("Shop", 40, 30)
    assert await read(doors, content.media) == picture()
    assert await held(doors) == [message_id]


async def test_base64_and_an_upload_are_files_as_well(alice: Any, doors: Any, letter: Any) -> None:
    given = base64.b64encode(PAPER).decode()
    content = (await letter(await sent(alice, {"type": "document", "base64": given, "filename": "bill"}))).content
    assert isinstance(content, Document)
    assert await read(doors, content.media) == PAPER
    uploaded = await alice.post("/api/v1/media", files={"file": ("p.jpg", picture(), "image/jpeg")})
    assert uploaded.status_code == 201, uploaded.text
    by_id = (await letter(await sent(alice, {"type": "sticker", "mediaId": uploaded.json()["id"]}))).content
    assert isinstance(by_id, Sticker)


async def test_a_text_shows_its_link_when_that_is_asked_for(alice: Any, letter: Any, somewhere: Any) -> None:
    text = f"See {somewhere.url}/page, and tell me"
    plain = (await letter(await sent(alice, {"text": text}))).content
    shown = (await letter(await sent(alice, {"text": text, "preview": True}))).content
    assert plain == Text(text)
    assert shown == Text(text, Preview(url=f"{somewhere.url}/page", title="The shop", description="All we have"))
    nothing = f"{somewhere.url}/a.jpg and http://127.0.0.1:1/ have none"
    assert (await letter(await sent(alice, {"text": nothing, "preview": True}))).content == Text(nothing)
    wishes = [{**TO, "text": text, "preview": True}] * 20
    assert (await alice.post(f"{PATH}/batch", json={"messages": wishes})).json()["accepted"] == 20
    assert somewhere.asked["/page"] == 2


async def test_a_repeated_request_does_not_fetch_again(alice: Any, somewhere: Any) -> None:
    body, key = {"type": "image", **TO, "url": f"{somewhere.url}/a.jpg"}, {"Idempotency-Key": "k"}
    answers = [await alice.post(PATH, json=body, headers=key) for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert somewhere.asked["/a.jpg"] == 1


async def test_a_batch_fetches_one_file_once_for_all(alice: Any, doors: Any, letter: Any, somewhere: Any) -> None:
    wishes = [
        {"type": "image", "to": f"+12025550{place}", "url": f"{somewhere.url}/a.jpg", "caption": f"{place}"}
        for place in range(100, 140)
    ]
    body = (await alice.post(f"{PATH}/batch", json={"messages": wishes})).json()
    assert body["accepted"] == 40
    assert somewhere.asked["/a.jpg"] == 1
    ids = [one["id"] for one in body["results"]]
    assert sorted(await held(doors)) == sorted(ids)
    assert [(await letter(each)).content.caption for each in ids[:3]] == ["100", "101", "102"]


async def test_a_batch_fetches_fifty_different_files_and_no_more(alice: Any, somewhere: Any) -> None:
    wishes = [{"type": "document", **TO, "url": f"{somewhere.url}/{place}.pdf"} for place in range(52)]
    body = (await alice.post(f"{PATH}/batch", json={"messages": wishes})).json()
    assert (body["accepted"], body["refused"]) == (50, 2)
    assert {one["problem"]["code"] for one in body["results"] if "problem" in one} == {"too_many_urls"}
    assert sum(somewhere.asked.values()) == 50


async def test_a_file_that_cannot_be_had_refuses_only_its_message(alice: Any, charlie: Any, somewhere: Any) -> None:
    mine = (await alice.post("/api/v1/media", files={"file": ("p.jpg", picture(), "image/jpeg")})).json()["id"]
    wishes = [
        {"type": "image", **TO, "mediaId": mine},
        {"type": "image", **TO, "mediaId": "med_nothing"},
        {"type": "image", **TO, "url": "http://127.0.0.1:1/a.jpg"},
        {"type": "image", **TO, "url": "http://169.254.169.254/latest"},
        {"type": "image", **TO, "url": f"{somewhere.url}/a.pdf"},
        {"type": "image", **TO, "base64": "%%%"},
    ]
    body = (await alice.post(f"{PATH}/batch", json={"messages": wishes})).json()
    assert (body["accepted"], body["refused"]) == (1, 5), body
    foreign = await charlie.post(f"{PATH}/batch", json={"messages": wishes[:1]})
    assert foreign.json()["results"][0]["problem"]["code"] == "media_not_found"
