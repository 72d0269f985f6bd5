"""Files of received messages: fetched from WhatsApp and decrypted by the library, which holds them in memory whole."""

from collections.abc import Mapping
from typing import Final

from messageapi.engines.contract import download_s
from messageapi.engines.linked.content.writing import AUDIO, DOCUMENT, IMAGE, VIDEO
from messageapi.engines.linked.library.native import Client, GoneError, Place
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.linked.library.threads import on_thread
from messageapi.engines.linked.refusals import download_error
from messageapi.engines.port import EngineError
from messageapi.vocab.content import Media, Remote

_KINDS: Mapping[str, tuple[int, str]] = {
    "image": (IMAGE, "image"),
    "sticker": (IMAGE, "image"),
    "video": (VIDEO, "video"),
    "audio": (AUDIO, "audio"),
    "document": (DOCUMENT, "document"),
}
_KEY: Final = 32
_LARGEST: Final = (1 << 31) - 1  # the library counts in 32 bits
_UNKNOWN_LENGTH: Final = -1


async def download(client: Client, media: Media) -> bytes:
    """Raise EngineError. A call that hangs is left behind with its thread."""
    place, (kind, mms_type) = _place(media), _KINDS[_remote(media).kind]
    try:  # each name that is left out is one copy of the file less in memory
        answer = wire.DownloadReturnFunction.FromString(
            await on_thread(lambda: client.download(place, kind, mms_type), download_s(media.size))
        )
    except TimeoutError:
        raise download_error("timed out") from None
    except GoneError:
        raise EngineError("not_connected", "The session is closed.", permanent=False) from None
    if answer.Error:
        raise download_error(answer.Error)
    plain: bytes = answer.Binary
    return plain


def _remote(media: Media) -> Remote:
    """Without a key a file is one of a channel, which the library cannot fetch by its path."""
    remote = media.remote
    if remote is None or len(remote.key) != _KEY or not remote.path.startswith("/") or media.size > _LARGEST:
        raise EngineError("media_unsupported", "This kind of file cannot be fetched.", permanent=True)
    return remote


def _place(media: Media) -> Place:
    remote = _remote(media)
    return Place(remote.path, remote.enc_sha256, media.sha256, remote.key, media.size or _UNKNOWN_LENGTH)
