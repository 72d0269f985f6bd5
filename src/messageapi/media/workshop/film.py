"""Videos: size, length, a small picture of the first frame, and whether phones can play them."""

from typing import IO

from av import VideoFrame
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image

from messageapi.media.workshop.made import Made, RefusedError
from messageapi.media.workshop.picture import MOST_PIXELS, THUMBNAIL, thumbnail
from messageapi.media.workshop.sound import reading, rounded

PLAYED = frozenset({"h264", "mpeg4", "h263"})
HEARD = frozenset({"aac", "mp3", "amrnb", "amr_nb", "amrwb", "amr_wb", "libopencore_amrnb", "libopencore_amrwb"})


def video(file: IO[bytes], demuxer: str) -> Made:
    with reading(file, demuxer) as container:
        stream = _video_of(container)
        _check(container, stream)
        end, first = _seen(container, stream)
    if first is None:
        raise RefusedError("no_picture")
    width, height = (first.height, first.width) if first.rotation % 180 else (first.width, first.height)
    picture: Image.Image = first.to_image()  # type: ignore[no-untyped-call]
    return Made(
        seconds=rounded(end),
        width=width,
        height=height,
        thumbnail=thumbnail(picture.rotate(first.rotation, expand=True), THUMBNAIL),
    )


def _video_of(container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise RefusedError("no_picture")
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1
    return stream


def _check(container: InputContainer, stream: VideoStream) -> None:
    codec = stream.codec_context
    if codec.name not in PLAYED:
        raise RefusedError("codec", codec.name)
    if codec.width * codec.height > MOST_PIXELS:
        raise RefusedError("too_many_pixels")
    for sound in container.streams.audio:
        if sound.codec_context.name not in HEARD:
            raise RefusedError("codec", sound.codec_context.name)


def _seen(container: InputContainer, stream: VideoStream) -> tuple[float, VideoFrame | None]:
    """Where the last packet ends, and the first picture. Only packets up to that picture are decoded."""
    end, first = 0.0, None
    for packet in container.demux(stream):
        if packet.pts is not None and packet.time_base is not None:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        if first is None:
            first = next(iter(packet.decode()), None)
    return end, first
