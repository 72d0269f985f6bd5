"""The workshop makes what WhatsApp wants, refuses what cannot be, and has nothing in reach."""

import io
import os
import struct
import subprocess
import sys
import zlib
from typing import Any

import av
import msgspec
import pytest
from PIL import Image

from messageapi.media.workshop.made import Made, Refused, Said

pytestmark = pytest.mark.slow

SECONDS = "60"


def worked(job: str, mime: str, data: bytes) -> Said:
    command = [sys.executable, "-I", "-m", "messageapi.media.workshop.run", job, mime, SECONDS]
    done = _run(command, data)
    assert done.returncode == 0, done.stderr.decode()
    said: Said = msgspec.msgpack.decode(done.stdout, type=Said)
    return said


def _run(command: list[str], data: bytes) -> "subprocess.CompletedProcess[bytes]":
    with os.fdopen(os.memfd_create("given"), "w+b") as file:
        file.write(data)
        file.flush()
        file.seek(0)
        return subprocess.run(command, stdin=file, capture_output=True, check=False, timeout=90)


def made(job: str, mime: str, data: bytes) -> Made:
    said = worked(job, mime, data)
    assert isinstance(said, Made), said
    return said


def refused(job: str, mime: str, data: bytes) -> str:
    said = worked(job, mime, data)
    assert isinstance(said, Refused), said
    return said.reason


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_picture_phones_show_is_left_as_it_is(files: Any, kind: str) -> None:
    said = made("image", f"image/{kind}", files.picture(kind, (640, 480)))
    assert (said.data, said.width, said.height) == (b"", 640, 480)
    assert opened(said.thumbnail).format == "JPEG"
    assert opened(said.thumbnail).size == (100, 75)
    assert len(said.thumbnail) < 10_000


@pytest.mark.parametrize(
    ("kind", "mode", "frames"), [("WEBP", "RGBA", 1), ("GIF", "P", 1), ("GIF", "P", 4), ("WEBP", "RGB", 3)]
)
def test_other_pictures_become_jpegs(files: Any, kind: str, mode: str, frames: int) -> None:
    said = made("image", f"image/{kind.lower()}", files.picture(kind, mode=mode, frames=frames))
    assert said.mime == "image/jpeg"
    assert (opened(said.data).format, opened(said.data).size, said.width, said.height) == ("JPEG", (320, 240), 320, 240)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_every_depth_get_a_small_one(files: Any, mode: str) -> None:
    data = files.picture("PNG") if mode == "I;16" else files.picture("PNG", mode=mode)
    if mode == "I;16":
        out = io.BytesIO()
        Image.new("I;16", (200, 100), 30_000).save(out, "PNG")
        data = out.getvalue()
    assert opened(made("image", "image/png", data).thumbnail).mode == "RGB"


def test_a_picture_taken_with_a_turned_phone_is_shown_upright(files: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    said = made("image", "image/jpeg", files.picture("JPEG", (400, 200), exif=exif))
    assert (said.width, said.height) == (200, 400)
    assert opened(said.thumbnail).size == (50, 100)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to as much as it says."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + width)) for _ in range(min(height, 3000))) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("job", ["image", "sticker", "thumbnail"])
def test_a_picture_that_unpacks_to_too_much_is_refused(job: str) -> None:
    data = bomb(30_000, 30_000)
    assert len(data) < 300_000
    assert refused(job, "image/png", data) == "too_many_pixels"


def test_a_text_chunk_that_unpacks_to_too_much_is_refused(files: Any) -> None:
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415

    info = PngInfo()
    info.add_text("x", "y" * 200_000_000, zip=True)
    said = worked("image", "image/png", files.picture("PNG", pnginfo=info))
    assert isinstance(said, Refused)


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp"])
def test_a_cut_off_picture_is_refused(files: Any, kind: str, cut: float) -> None:
    data = files.picture(kind, (640, 480))
    assert refused("image", f"image/{kind}", data[: int(len(data) * cut)]) == "unreadable"


@pytest.mark.parametrize("job", ["image", "sticker", "voice", "audio", "video"])
@pytest.mark.parametrize(
    "data", [b"x", bytes(5000), b"\xff\xd8\xff\xe0" + bytes(100), b"#EXTM3U\nfile:///etc/passwd\n"]
)
def test_rubbish_is_refused(job: str, data: bytes) -> None:
    mime = {
        "image": "image/jpeg",
        "sticker": "image/webp",
        "voice": "audio/ogg",
        "audio": "audio/mpeg",
        "video": "video/mp4",
    }[job]
    assert refused(job, mime, data) in {"unreadable", "no_sound", "no_picture", "codec"}


@pytest.mark.parametrize(
    ("kind", "mode", "size"), [("PNG", "RGBA", (300, 100)), ("JPEG", "RGB", (2000, 1500)), ("WEBP", "RGB", (512, 511))]
)
def test_a_sticker_is_a_square_webp(files: Any, kind: str, mode: str, size: tuple[int, int]) -> None:
    said = made("sticker", f"image/{kind.lower()}", files.picture(kind, size, mode))
    picture = opened(said.data)
    assert (picture.format, picture.size, said.mime, said.animated) == ("WEBP", (512, 512), "image/webp", False)
    assert len(said.data) <= 100_000
    if size != (2000, 1500):
        assert picture.convert("RGBA").getchannel("A").getpixel((0, 0)) in {0, 255}


def test_a_sticker_that_moves_still_does(files: Any) -> None:
    said = made("sticker", "image/gif", files.picture("GIF", frames=5))
    assert said.animated
    assert getattr(opened(said.data), "n_frames", 1) == 5
    assert len(said.data) <= 500_000


def test_a_sticker_that_is_right_already_is_left_as_it_is(files: Any) -> None:
    said = made("sticker", "image/webp", files.picture("WEBP", (512, 512)))
    assert (said.data, said.width, said.height) == (b"", 512, 512)


def test_a_sticker_with_frames_without_end_is_refused(files: Any) -> None:
    assert refused("sticker", "image/gif", files.picture("GIF", (20, 20), frames=300)) == "too_long"


@pytest.mark.parametrize(
    "mime", ["audio/mpeg", "audio/ogg", "audio/mp4", "audio/aac", "audio/amr", "audio/wav", "audio/flac"]
)
def test_any_sound_becomes_a_voice_note(every_file: dict[str, bytes], mime: str) -> None:
    said = made("voice", mime, every_file[mime])
    assert (said.mime, said.seconds, len(said.waveform)) == ("audio/ogg; codecs=opus", 2, 64)
    with av.open(io.BytesIO(said.data), "r") as note:
        stream = note.streams.audio[0]
        assert (note.format.name, stream.codec_context.name, stream.layout.name) == ("ogg", "opus", "mono")
        length = sum(frame.samples for frame in note.decode(stream)) / 48_000
    assert 1.9 < length < 2.2


def test_the_waveform_shows_where_it_is_loud(files: Any) -> None:
    data = files.sound("wav", "pcm_s16le", loud=lambda at: 0.8 if at > 0.5 else 0.1)
    bars = made("voice", "audio/wav", data).waveform
    assert max(bars[:30]) < 20
    assert min(bars[34:]) > 90
    assert max(bars) == 100


def test_silence_has_a_flat_waveform(files: Any) -> None:
    assert made("voice", "audio/wav", files.sound("wav", "pcm_s16le", loud=lambda _: 0)).waveform == bytes(64)


def test_a_video_gives_its_sound_to_a_voice_note_and_no_sound_is_said(every_file: dict[str, bytes]) -> None:
    assert refused("voice", "video/mp4", every_file["video/mp4"]) == "no_sound"


@pytest.mark.parametrize("mime", ["audio/mpeg", "audio/ogg", "audio/mp4", "audio/aac", "audio/amr"])
def test_a_sound_file_is_left_as_it_is(every_file: dict[str, bytes], mime: str) -> None:
    said = made("audio", mime, every_file[mime])
    assert (said.data, said.seconds) == (b"", 2)


def test_a_codec_phones_do_not_play_is_named(files: Any) -> None:
    assert worked("audio", "audio/mp4", files.sound("mp4", "alac")) == Refused("codec", "alac")
    assert worked("video", "video/mp4", files.film("mp4", "hevc")) == Refused("codec", "hevc")


@pytest.mark.parametrize("mime", ["video/mp4", "video/quicktime", "video/3gpp"])
def test_a_video_is_measured(every_file: dict[str, bytes], mime: str) -> None:
    said = made("video", mime, every_file[mime])
    assert (said.data, said.seconds, said.width, said.height) == (b"", 2, 320, 240)
    assert opened(said.thumbnail).size == (100, 75)


def test_a_cut_off_video_is_refused(every_file: dict[str, bytes]) -> None:
    data = every_file["video/mp4"]
    assert refused("video", "video/mp4", data[: len(data) // 2]) in {"unreadable", "no_picture"}


CONFINED = """
import os, socket, sys
from messageapi.media.workshop.confine import confine
confine(20)
def tried(what):
    try:
        what()
    except OSError as problem:
        return problem.errno
    except MemoryError:
        return "memory"
    return "done"
made = [tried(lambda: open("/etc/passwd")), tried(lambda: open("/tmp/x", "w")), tried(socket.socket), tried(os.pipe),
        tried(lambda: os.execv(sys.executable, ["x"]) if os.path.exists("/nowhere") else os.dup(0)),
        tried(lambda: bytearray(2 << 30))]
print(made)
"""


def test_nothing_is_in_reach() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", CONFINED], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[24, 24, 24, 24, 24, 'memory']"  # EMFILE
