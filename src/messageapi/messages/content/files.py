"""Files and previews of one request: each is fetched once however many messages of it need it, and not too many at a
time.
"""

import asyncio

from messageapi.media.attach import attach
from messageapi.media.preview import preview
from messageapi.media.source import Attached, Kind, Source
from messageapi.messages import errors
from messageapi.vocab.caller import Caller
from messageapi.vocab.content import Preview
from messageapi.web.doors import Doors

AT_ONCE = 8
MOST_URLS = 50
"""Different URLs of one batch: whoever waits for the answer waits for all of them."""


class Files:
    """Attaches for one request."""

    def __init__(self, doors: Doors, caller: Caller) -> None:
        self._doors = doors
        self._caller = caller
        self._files: dict[tuple[Kind, Source], asyncio.Future[Attached]] = {}
        self._previews: dict[str, asyncio.Future[Preview | None]] = {}
        self._urls: set[str] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def attach(self, kind: Kind, source: Source) -> Attached:
        """Raise Problem."""
        wanted = (kind, source)
        if wanted not in self._files:
            if source.url and not self._may_fetch(source.url):
                raise errors.too_many_urls(MOST_URLS)
            self._files[wanted] = asyncio.ensure_future(self._attach(kind, source))
        return await asyncio.shield(self._files[wanted])

    async def preview(self, url: str) -> Preview | None:
        """None when there is none, or when the request has had its share."""
        if url not in self._previews:
            if not self._may_fetch(url):
                return None
            self._previews[url] = asyncio.ensure_future(self._preview(url))
        return await asyncio.shield(self._previews[url])

    def _may_fetch(self, url: str) -> bool:
        if url not in self._urls and len(self._urls) >= MOST_URLS:
            return False
        self._urls.add(url)
        return True

    async def _attach(self, kind: Kind, source: Source) -> Attached:
        async with self._room:
            return await attach(self._doors, self._caller, kind, source)

    async def _preview(self, url: str) -> Preview | None:
        async with self._room:
            return await preview(self._doors, url)
