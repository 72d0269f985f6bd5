"""Stickers: WebP of 512 by 512 pixels, at most 100 KB, or 500 KB when it moves. So WhatsApp's own documentation."""

import io
from collections.abc import Iterator, Sequence
from typing import IO

from PIL import Image, ImageOps, ImageSequence

from messageapi.media.workshop.made import Made, RefusedError
from messageapi.media.workshop.picture import opened

SIDE = 512
STILL_BYTES = 100_000
MOVING_BYTES = 500_000
MOST_FRAMES = 200
_QUALITIES = (85, 65, 45, 25, 10)
_SHORTEST_MS = 8


def sticker(file: IO[bytes], mime: str) -> Made:
    picture = opened(file, mime)
    moves = bool(getattr(picture, "is_animated", False))
    most = MOVING_BYTES if moves else STILL_BYTES
    if mime == "image/webp" and picture.size == (SIDE, SIDE) and file.seek(0, 2) <= most:
        file.seek(0)
        picture.load()
        return Made(width=SIDE, height=SIDE, animated=moves)
    data = _fitting(_frames(picture), _durations(picture), most)
    return Made(data=data, mime="image/webp", width=SIDE, height=SIDE, animated=moves)


def _frames(picture: Image.Image) -> list[Image.Image]:
    if getattr(picture, "n_frames", 1) > MOST_FRAMES:
        raise RefusedError("too_long")
    return [_squared(frame) for frame in ImageSequence.Iterator(picture)]


def _squared(frame: Image.Image) -> Image.Image:
    """All of it in the middle of the square, see-through around it."""
    fitted = ImageOps.contain(ImageOps.exif_transpose(frame).convert("RGBA"), (SIDE, SIDE))
    square = Image.new("RGBA", (SIDE, SIDE))
    square.paste(fitted, ((SIDE - fitted.width) // 2, (SIDE - fitted.height) // 2))
    return square


def _durations(picture: Image.Image) -> list[int]:
    return [max(_SHORTEST_MS, int(frame.info.get("duration", 100))) for frame in ImageSequence.Iterator(picture)]


def _fitting(frames: Sequence[Image.Image], durations: list[int], most: int) -> bytes:
    for data in _ever_smaller(frames, durations):
        if len(data) <= most:
            return data
    raise RefusedError("too_large")


def _ever_smaller(frames: Sequence[Image.Image], durations: list[int]) -> Iterator[bytes]:
    first, *others = frames
    for quality in _QUALITIES:
        out = io.BytesIO()
        if others:
            moving = {"save_all": True, "append_images": others, "duration": durations, "loop": 0}
            first.save(out, "WEBP", quality=quality, method=2, **moving)
        else:
            first.save(out, "WEBP", quality=quality, method=4)
        yield out.getvalue()
