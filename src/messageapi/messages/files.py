"""Files of one request: each is fetched once however many messages of it need the file, and not too many at a time."""

import asyncio

from messageapi.media.attach import attach
from messageapi.media.source import Attached, Kind, Source
from messageapi.messages import errors
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

AT_ONCE = 8
MOST_URLS = 50
"""Different URLs of one batch: whoever waits for the answer waits for all of them."""


class Files:
    """Attaches for one request."""

    def __init__(self, doors: Doors, caller: Caller) -> None:
        self._doors = doors
        self._caller = caller
        self._under_way: dict[tuple[Kind, Source], asyncio.Future[Attached]] = {}
        self._urls: set[str] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def attach(self, kind: Kind, source: Source) -> Attached:
        """Raise Problem."""
        wanted = (kind, source)
        if wanted not in self._under_way:
            if source.url:
                self._urls.add(source.url)
            if len(self._urls) > MOST_URLS:
                raise errors.too_many_urls(MOST_URLS)
            self._under_way[wanted] = asyncio.ensure_future(self._attach(kind, source))
        return await asyncio.shield(self._under_way[wanted])

    async def _attach(self, kind: Kind, source: Source) -> Attached:
        async with self._room:
            return await attach(self._doors, self._caller, kind, source)
