"""Pictures: their size, a small JPEG of them, and a JPEG in place of what WhatsApp does not show as a picture."""

import io
from typing import IO

from PIL import Image, ImageOps

from messageapi.media.workshop.made import Made, RefusedError

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
SHOWN = frozenset({"image/jpeg", "image/png"})
MOST_PIXELS = 64_000_000
THUMBNAIL = 100
PREVIEW = 192
"""Longest side in pixels, of a picture and of a link's preview."""
_TURNED = frozenset({5, 6, 7, 8})
_ORIENTATION = 0x0112
_COARSE = frozenset({"1", "P", "PA"})
"""Made small as they are, these would lose what is between their pixels."""

Image.MAX_IMAGE_PIXELS = None  # judged by opened(), with a reason of its own


def opened(file: IO[bytes], mime: str) -> Image.Image:
    """With its header read and nothing unpacked."""
    image = Image.open(file, formats=[FORMATS[mime]])
    if image.width * image.height > MOST_PIXELS:
        raise RefusedError("too_many_pixels")
    return image


def image(file: IO[bytes], mime: str) -> Made:
    picture = opened(file, mime)
    turned = picture.getexif().get(_ORIENTATION) in _TURNED
    width, height = picture.size[::-1] if turned else picture.size
    data = b"" if mime in SHOWN else _jpeg(_upright(picture), 90)
    small = thumbnail(picture, THUMBNAIL)
    return Made(data=data, mime="image/jpeg" if data else "", width=width, height=height, thumbnail=small)


def preview(file: IO[bytes], mime: str) -> Made:
    """For a link: nothing but the small picture."""
    return Made(thumbnail=thumbnail(opened(file, mime), PREVIEW), mime="image/jpeg")


def thumbnail(picture: Image.Image, longest: int) -> bytes:
    """The picture may be smaller itself afterwards."""
    picture.draft("RGB", (2 * longest, 2 * longest))  # a JPEG is unpacked only as far as is needed
    small = picture.convert("RGBA") if picture.mode in _COARSE else picture
    small.thumbnail((longest, longest))
    return _jpeg(_upright(small), 60)


def _upright(picture: Image.Image) -> Image.Image:
    """As it is looked at, on white where it is see-through."""
    turned = ImageOps.exif_transpose(picture)
    if turned.mode in ("RGB", "L", "CMYK"):
        return turned.convert("RGB")
    layers = turned.convert("RGBA")
    ground = Image.new("RGB", layers.size, "white")
    ground.paste(layers, mask=layers.getchannel("A"))
    return ground


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
