"""Files on their way to WhatsApp: out of the blob door, encrypted and uploaded by the library.

The same file for many recipients goes up once: WhatsApp keeps it for weeks, and the apps forward files in the same way.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from messageapi.engines.contract import upload_s
from messageapi.engines.linked.content.writing import Uploaded
from messageapi.engines.linked.library.native import Client, GoneError
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.linked.library.threads import within
from messageapi.engines.linked.refusals import upload_error
from messageapi.engines.port import EngineError
from messageapi.errors import DoorError
from messageapi.vocab.content import Media

Fetch = Callable[[Media], bytes]
"""The plain bytes of a file in the blob door. Raise DoorError."""

_REMEMBERED = 64
_FRESH_S = 3600.0

Key = tuple[bytes, int]


class Uploads:
    """Of one session, on its sender's thread."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: OrderedDict[Key, tuple[float, Uploaded]] = OrderedDict()

    def put(self, client: Client, media: Media, kind: int) -> Uploaded:
        """Raise EngineError: it has not left."""
        key = (media.sha256, kind)
        at, known = self._known.get(key, (0.0, None))
        if known is not None and time.monotonic() - at < _FRESH_S:
            return known
        uploaded = self._put_now(client, media, kind)
        self._known[key] = (time.monotonic(), uploaded)
        self._known.move_to_end(key)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return uploaded

    def forget(self, media: Media) -> None:
        """WhatsApp did not take a message with it."""
        for key in [key for key in self._known if key[0] == media.sha256]:
            del self._known[key]

    def _put_now(self, client: Client, media: Media, kind: int) -> Uploaded:
        try:
            answer = within(lambda: client.upload(self._fetch(media), kind), upload_s(media.size))
        except TimeoutError:
            raise upload_error("timed out") from None
        except GoneError:
            raise EngineError("not_connected", "The session is closed.", permanent=False) from None
        except DoorError as problem:
            raise _not_there(problem) from problem
        return _uploaded(answer, media)


def _uploaded(data: bytes, media: Media) -> Uploaded:
    answer = wire.UploadReturnFunction.FromString(data)
    if answer.Error:
        raise upload_error(answer.Error)
    found = answer.UploadResponse
    if found.FileSHA256 != media.sha256:
        raise EngineError("media_gone", "The stored file is damaged; upload it again.", permanent=True)
    return Uploaded(
        found.url, found.DirectPath, found.MediaKey, found.FileEncSHA256, found.FileSHA256, found.FileLength
    )


def _not_there(problem: DoorError) -> EngineError:
    if problem.permanent:
        return EngineError(
            "media_gone", "The file of this message is not there any more; upload it again.", permanent=True
        )
    return EngineError("media_unreadable", "The file of this message cannot be read now.", permanent=False)
