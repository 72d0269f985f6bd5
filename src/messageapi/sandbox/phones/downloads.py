"""A phone fetches the file of a message from the media server and opens it, as a real one would: in the background."""

import asyncio
from typing import TYPE_CHECKING

import msgspec

from messageapi.sandbox.server.mediastore import MediaStore
from messageapi.sandbox.shown import InboxMessage, MediaShown
from messageapi.sandbox.signal.media import Digests, MediaError, check_plain, unseal

if TYPE_CHECKING:
    from messageapi.sandbox.phones.phone import Phone


class Downloads:
    """What is under way, by the number of the inbox entry."""

    def __init__(self, phone: "Phone") -> None:
        self._phone = phone
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.unfinished: list[InboxMessage] = []  # of the last run

    def resume(self) -> None:
        while self.unfinished:
            self.begin(self.unfinished.pop())

    def begin(self, entry: InboxMessage) -> None:
        if entry.media:
            self._tasks[entry.n] = asyncio.create_task(self._fetch(entry.n, entry.type, entry.media))

    async def _fetch(self, n: int, kind: str, media: MediaShown) -> None:
        try:
            plain = await asyncio.to_thread(open_media, self._phone.network.media, kind, media)
        except MediaError as error:
            self._finish(n, msgspec.structs.replace(media, error=error.code))
        else:
            self._finish(n, msgspec.structs.replace(media, size=len(plain), sha256=media.sealed.sha256))
        finally:
            del self._tasks[n]

    def _finish(self, n: int, media: MediaShown) -> None:
        self._phone.inbox.amend(n, media=media)
        self._phone.account.touch()

    async def settled(self, first: int, last: int) -> None:
        """Return when no file of these entries is under way any more."""
        while tasks := [task for n, task in self._tasks.items() if first <= n <= last]:
            await asyncio.wait(tasks)


def open_media(store: MediaStore, kind: str, media: MediaShown) -> bytes:
    """The plain bytes; raise MediaError. A file without a key is one for a newsletter, which is not encrypted."""
    told, path = media.sealed, store.find(media.sealed.path)
    try:
        file = path.read_bytes() if path else b""
    except FileNotFoundError:  # just made room for another
        path = None
    if path is None:
        raise MediaError("not_found")
    digests = Digests(bytes.fromhex(told.sha256), bytes.fromhex(told.enc_sha256), told.length)
    return unseal(kind, bytes.fromhex(told.key), file, digests) if told.key else check_plain(file, digests)
