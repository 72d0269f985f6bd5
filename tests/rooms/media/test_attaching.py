"""A file becomes part of a message, by URL, by id and by base64; what is not needed lies nowhere."""

import base64
import dataclasses
import hashlib
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from PIL import Image as Picture

from messageapi.blobs.read import read_blob_sync
from messageapi.errors import Problem
from messageapi.media.attach import attach
from messageapi.media.find import Row, one
from messageapi.media.intake import Told
from messageapi.media.source import Attached, Kind, Source
from messageapi.media.upload import Form, upload
from messageapi.outside.door import Outside, Rules
from messageapi.vocab.content import Audio, Document, Image, Sticker, Video, Voice

pytestmark = pytest.mark.slow  # each file goes through a process of its own

FITS: list[tuple[Kind, str]] = [
    ("image", "image/jpeg"),
    ("image", "image/png"),
    ("audio", "audio/mpeg"),
    ("audio", "audio/mp4"),
    ("video", "video/mp4"),
    ("document", "application/pdf"),
    ("document", "image/png"),
    ("document", "video/x-matroska"),
]
CONVERTED: list[tuple[Kind, str, str]] = [
    ("image", "image/webp", "image/jpeg"),
    ("image", "image/gif", "image/jpeg"),
    ("sticker", "image/png", "image/webp"),
    ("voice", "audio/mpeg", "audio/ogg; codecs=opus"),
    ("voice", "audio/ogg", "audio/ogg; codecs=opus"),
]
REFUSED: list[tuple[Kind, str]] = [
    ("image", "application/pdf"),
    ("image", "image/bmp"),
    ("image", "video/mp4"),
    ("audio", "image/png"),
    ("audio", "audio/wav"),
    ("voice", "image/png"),
    ("voice", "application/pdf"),
    ("video", "audio/mpeg"),
    ("video", "video/x-matroska"),
    ("video", "video/webm"),
    ("sticker", "video/mp4"),
]


async def uploaded(doors: Any, caller: Any, content: Any, told: Told) -> Row:
    made = await upload(doors, caller, Form(told, content))
    found: Row = await doors.db.read(lambda tx: one(tx, caller, made.id, doors.clock()))
    return found


@pytest.fixture
def room(served: Any, alice: Any, server: Any, lying: Any) -> SimpleNamespace:
    return SimpleNamespace(doors=served, alice=alice, server=server, lying=lying)


async def chunks(data: bytes) -> Any:
    for start in range(0, len(data), 10_000):
        yield data[start : start + 10_000]


async def sources(room: Any, data: bytes, mime: str) -> dict[str, Source]:
    room.server.says(data, mime)
    row = await uploaded(room.doors, room.alice, chunks(data), Told(mime, "name.bin"))
    return {
        "url": Source(url=f"{room.server.url}/name.bin"),
        "media_id": Source(media_id=row.id),
        "base64": Source(base64=base64.b64encode(data).decode(), filename="name.bin"),
    }


def content_of(doors: Any, attached: Attached) -> bytes:
    return read_blob_sync(doors.blobs, attached.media)


async def code_of(doors: Any, alice: Any, kind: Kind, source: Source) -> str:
    with pytest.raises(Problem) as caught:
        await attach(doors, alice, kind, source)
    assert caught.value.message.endswith((".", "{id}."))
    return caught.value.code


@pytest.mark.parametrize(("kind", "mime"), FITS)
async def test_a_file_that_fits_goes_as_it_is(room: Any, every_file: Any, kind: Kind, mime: str) -> None:
    data = every_file[mime]
    for source in (await sources(room, data, mime)).values():
        attached = await attach(room.doors, room.alice, kind, source)
        assert content_of(room.doors, attached) == data
        assert (attached.media.mime, attached.media.size) == (mime, len(data))
        assert attached.media.sha256 == hashlib.sha256(data).digest()


@pytest.mark.parametrize(("kind", "mime", "becomes"), CONVERTED)
async def test_a_file_that_does_not_fit_is_made_to(
    room: Any, every_file: Any, kind: Kind, mime: str, becomes: str
) -> None:
    for way, source in (await sources(room, every_file[mime], mime)).items():
        before = set(room.lying())
        attached = await attach(room.doors, room.alice, kind, source)
        assert attached.media.mime == becomes
        assert set(room.lying()) - before == {attached.media.name}, way  # the file it was made of lies nowhere
        assert content_of(room.doors, attached) != every_file[mime]


@pytest.mark.parametrize(("kind", "mime"), REFUSED)
async def test_a_file_of_another_kind_is_refused(room: Any, every_file: Any, kind: Kind, mime: str) -> None:
    ways = await sources(room, every_file[mime], mime)
    before = room.lying()
    for source in ways.values():
        assert await code_of(room.doors, room.alice, kind, source) == "media_type_refused"
    assert room.lying() == before


async def test_each_kind_says_what_phones_show(served: Any, alice: Any, server: Any, every_file: Any) -> None:
    async def one(kind: Kind, mime: str) -> Attached:
        server.says(every_file[mime])
        return await attach(served, alice, kind, Source(url=f"{server.url}/a.bin"))

    image, video = await one("image", "image/png"), await one("video", "video/mp4")
    assert isinstance(image, Image)
    assert isinstance(video, Video)
    assert (image.width, image.height, video.width, video.height, video.seconds) == (320, 240, 320, 240, 2)
    assert {Picture.open(io.BytesIO(each.thumbnail)).size for each in (image, video)} == {(100, 75)}
    audio, voice = await one("audio", "audio/mpeg"), await one("voice", "audio/mpeg")
    assert isinstance(audio, Audio)
    assert isinstance(voice, Voice)
    assert (audio.seconds, voice.seconds, len(voice.waveform)) == (2, 2, 64)
    sticker, document = await one("sticker", "image/gif"), await one("document", "application/pdf")
    assert isinstance(sticker, Sticker)
    assert isinstance(document, Document)
    assert (sticker.animated, document.filename) == (True, "a.bin")


async def test_a_document_is_called_as_its_sender_says(served: Any, alice: Any, server: Any) -> None:
    server.says(b"text", **{"Content-Disposition": 'attachment; filename="theirs.txt"'})
    url = f"{server.url}/path.txt"
    theirs = await attach(served, alice, "document", Source(url=url))
    ours = await attach(served, alice, "document", Source(url=url, filename="../ours.txt"))
    none = await attach(served, alice, "document", Source(base64="aGVsbG8="))
    assert [each.filename for each in (theirs, ours, none)] == ["theirs.txt", "ours.txt", "file.txt"]  # type: ignore[union-attr]


async def test_sound_in_a_container_of_videos_is_a_sound(served: Any, alice: Any, server: Any, files: Any) -> None:
    server.says(files.sound("mp4", "aac"), "video/mp4")
    attached = await attach(served, alice, "audio", Source(url=f"{server.url}/a"))
    assert attached.media.mime == "audio/mp4"


@pytest.mark.parametrize(
    ("status", "headers", "body", "code"),
    [
        (404, {}, b"", "media_url_status"),
        (200, {}, b"", "media_empty"),
        (200, {"Content-Type": "image/png"}, b"<html><body>", "media_type_mismatch"),
        (200, {"Content-Encoding": "gzip"}, b"x", "media_url_compressed"),
        (302, {"Location": "http://10.0.0.1/"}, b"", "media_url_invalid"),
        (302, {"Location": "http://127.0.0.2:{port}/"}, b"", "media_url_forbidden"),
        (302, {"Location": "{url}"}, b"", "media_url_redirects"),
        (302, {}, b"", "media_url_answer"),
        (200, {}, b"\xff\xd8\xff\xe0" + bytes(9000), "media_unreadable"),
        (200, {}, b"\x7fELF", "media_type_forbidden"),
    ],
)
async def test_a_url_without_a_good_file_says_why(
    room: Any, status: int, headers: dict[str, str], body: bytes, code: str
) -> None:
    from aiohttp import web  # noqa: PLC0415

    told = {name: value.format(port=room.server.port, url=room.server.url) for name, value in headers.items()}
    room.server.answer = lambda _: web.Response(status=status, headers=told, body=body)
    assert await code_of(room.doors, room.alice, "image", Source(url=room.server.url)) == code
    assert room.lying() == []


CORPUS = (Path(__file__).parents[1] / "outside" / "corpus.txt").read_text("utf-8").splitlines()
URLS = [line.encode().decode("unicode_escape") for line in CORPUS if line and not line.startswith("#")]


async def test_no_url_of_the_corpus_is_fetched(room: Any) -> None:
    """Names are looked up as this machine does: what it does not know is unreachable."""
    room.server.says(b"inside")
    outside = Outside(Rules(frozenset({80, 443, room.server.port})))
    doors = dataclasses.replace(room.doors, outside=outside)
    numbers = [url for url in URLS if not any(part in url for part in (".test", "metadata", "internal", ".local"))]
    assert len(numbers) > 200
    codes = {
        await code_of(doors, room.alice, "document", Source(url=url.replace("{port}", str(room.server.port))))
        for url in numbers
    }
    await outside.close()
    assert codes <= {"media_url_invalid", "media_url_forbidden", "media_url_unreachable"}
    assert (room.server.asked, room.lying()) == (0, [])


class TestLimits:
    """Of size, for each kind and each way."""

    @pytest.fixture
    def settings(self, settings: Any) -> Any:
        return msgspec.structs.replace(
            settings, media_image_bytes=2000, media_document_bytes=20_000, media_inline_bytes=1500
        )

    async def test_each_kind_has_its_own(self, served: Any, alice: Any, server: Any, lying: Any) -> None:
        server.says(b"x" * 10_000)
        source = Source(url=f"{server.url}/x")
        assert await code_of(served, alice, "image", source) == "media_too_large"
        assert (await attach(served, alice, "document", source)).media.size == 10_000
        server.says(b"x" * 20_001)
        assert await code_of(served, alice, "document", source) == "media_too_large"
        assert len(lying()) == 1

    async def test_an_upload_is_measured_again(self, served: Any, alice: Any, files: Any) -> None:
        row = await uploaded(served, alice, chunks(files.picture("JPEG", (300, 300))), Told())
        assert row.size > 2000
        assert await code_of(served, alice, "image", Source(media_id=row.id)) == "media_too_large"

    async def test_base64_is_for_small_files(self, served: Any, alice: Any) -> None:
        given = base64.b64encode(bytes(1500)).decode()
        assert (await attach(served, alice, "document", Source(base64=given))).media.size == 1500
        more = Source(base64=base64.b64encode(bytes(1501)).decode())
        assert await code_of(served, alice, "document", more) == "media_inline_too_large"


@pytest.mark.parametrize("given", ["data:text/plain;base64,aGVsbG8=", "aGVs\r\nbG8=\n", "data:;base64,aGVsbG8="])
async def test_base64_may_come_as_programs_write_it(served: Any, alice: Any, given: str) -> None:
    attached = await attach(served, alice, "document", Source(base64=given))
    assert content_of(served, attached) == b"hello"


@pytest.mark.parametrize("given", ["a", "aGVsbG8", "aGVsbG8=x", "grüße", "data:text/plain,hello", "aGVs_G8="])
async def test_what_is_not_base64_is_refused(served: Any, alice: Any, lying: Any, given: str) -> None:
    assert await code_of(served, alice, "document", Source(base64=given)) == "media_base64_invalid"
    assert lying() == []


async def test_nobody_attaches_the_files_of_another(served: Any, alice: Any, make: Any) -> None:
    charlie = await make.make_account(served, name="Charlie")
    row = await uploaded(served, charlie, chunks(b"his"), Told())
    assert await code_of(served, alice, "document", Source(media_id=row.id)) == "media_not_found"
    assert await code_of(served, alice, "document", Source(media_id="med_x")) == "media_not_found"


async def test_a_quota_that_is_full_leaves_nothing(served: Any, alice: Any, server: Any, lying: Any) -> None:
    narrow = dataclasses.replace(served, settings=msgspec.structs.replace(served.settings, media_account_bytes=10_000))
    server.says(b"x" * 10_001)
    assert await code_of(narrow, alice, "document", Source(url=f"{server.url}/x")) == "media_quota_exceeded"
    assert lying() == []
