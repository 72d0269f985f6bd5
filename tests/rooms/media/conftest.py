"""An account with doors to a folder of files and to a web server on loopback, and files of every type."""

import dataclasses
import io
import math
from array import array
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import av
import pytest
from aiohttp import web
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from PIL import Image

from messageapi.outside.addresses import networks
from messageapi.outside.door import Outside, Rules
from messageapi.settings import Settings
from messageapi.web.doors import Doors

RATE = 48_000


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path / "data"), fetch_seconds=5)


@pytest.fixture
def lying(settings: Settings) -> Callable[[], list[str]]:
    """Names of what lies in the folder of files."""
    return lambda: [path.name for path in (settings.data_folder / "blobs").rglob("*") if path.is_file()]


class Server:
    """Answers on any path with what `says` was told."""

    def __init__(self) -> None:
        self.answer: Callable[[web.Request], Any] = lambda _: web.Response(status=404)
        self.port = 0
        self.url = ""
        self.asked = 0

    def says(self, body: bytes, kind: str = "", **headers: str) -> None:
        told = {"Content-Type": kind, **headers} if kind else headers
        self.answer = lambda _: web.Response(body=body, headers=told)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        return self.answer(request)  # type: ignore[no-any-return]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    served, app = Server(), web.Application()
    app.router.add_route("GET", "/{rest:.*}", served.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.port = int(runner.addresses[0][1])
    served.url = f"http://127.0.0.1:{served.port}"
    yield served
    await runner.cleanup()


@pytest.fixture
async def served(doors: Doors, server: Server) -> AsyncIterator[Doors]:
    """Doors that may reach the server."""
    outside = Outside(Rules(frozenset({server.port}), networks("127.0.0.1/32")))
    yield dataclasses.replace(doors, outside=outside)
    await outside.close()


class Files:
    """Files as other programs make them."""

    @staticmethod
    def picture(
        kind: str, size: tuple[int, int] = (320, 240), mode: str = "RGB", frames: int = 1, **given: Any
    ) -> bytes:
        out, pictures = io.BytesIO(), []
        for number in range(frames):
            ramp = Image.linear_gradient("L").resize(size).rotate(90 * number)
            pictures.append(Image.merge("RGB", (ramp, ramp.rotate(90), ramp.rotate(180))).convert(mode))
        more = {"save_all": True, "append_images": pictures[1:], "duration": 80} if frames > 1 else {}
        pictures[0].save(out, kind, **more, **given)
        return out.getvalue()

    @staticmethod
    def sound(
        kind: str, codec: str, *, seconds: float = 2, rate: int = RATE, loud: Callable[[float], float] = lambda _: 0.5
    ) -> bytes:
        out = io.BytesIO()
        with av.open(out, "w", format=kind) as container:
            stream = container.add_stream(codec, rate=rate)
            assert isinstance(stream, AudioStream)
            stream.layout = "mono"
            samples = array(
                "h",
                (
                    round(32_000 * loud(n / rate / seconds) * math.sin(2 * math.pi * 440 * n / rate))
                    for n in range(round(seconds * rate))
                ),
            )
            whole = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
            whole.planes[0].update(samples.tobytes())
            whole.sample_rate = rate
            size = stream.codec_context.frame_size or 1024
            resampler = av.AudioResampler(stream.format, "mono", rate, frame_size=size)
            for frame in (*resampler.resample(whole), *resampler.resample(None)):
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return out.getvalue()

    @staticmethod
    def film(kind: str = "mp4", codec: str = "h264", *, size: tuple[int, int] = (320, 240), seconds: int = 2) -> bytes:
        out = io.BytesIO()
        with av.open(out, "w", format=kind) as container:
            stream = container.add_stream(codec, rate=10)
            assert isinstance(stream, VideoStream)
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            for number in range(10 * seconds):
                picture = Image.linear_gradient("L").resize(size).rotate(9 * number).convert("RGB")
                container.mux(stream.encode(av.VideoFrame.from_image(picture)))  # type: ignore[no-untyped-call]
            container.mux(stream.encode(None))
        return out.getvalue()


@pytest.fixture(scope="session")
def files() -> Files:
    return Files()


@pytest.fixture(scope="session")
def every_file(files: Files) -> dict[str, bytes]:
    """By the type it is to be recognised as."""
    return {
        "image/jpeg": files.picture("JPEG"),
        "image/png": files.picture("PNG"),
        "image/gif": files.picture("GIF", frames=3),
        "image/webp": files.picture("WEBP"),
        "image/bmp": files.picture("BMP"),
        "audio/mpeg": files.sound("mp3", "libmp3lame"),
        "audio/ogg": files.sound("ogg", "libopus"),
        "audio/mp4": files.sound("ipod", "aac"),
        "audio/aac": files.sound("adts", "aac"),
        "audio/amr": files.sound("amr", "libopencore_amrnb", rate=8000),
        "audio/wav": files.sound("wav", "pcm_s16le"),
        "audio/flac": files.sound("flac", "flac"),
        "video/mp4": files.film(),
        "video/quicktime": files.film("mov"),
        "video/3gpp": files.film("3gp"),
        "video/webm": files.film("webm", "libvpx"),
        "video/x-matroska": files.film("matroska"),
        "application/pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
    }
