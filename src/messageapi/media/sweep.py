"""Housekeeping: files whose time is over, and blobs nobody wrote down because a process ended too early."""

from functools import partial

from messageapi.media import rows
from messageapi.media.keep import KEPT_MS
from messageapi.web.doors import Doors

AT_ONCE = 500
GRACE_MS = 5 * 60_000
"""Of a file that came with one request for several messages, the first may end before the last is accepted."""


async def sweep(doors: Doors) -> int:
    """Forget and delete what no message needs any more; how many files. May run in several processes at once."""
    now, gone = doors.clock(), 0
    while True:
        async with doors.db.reading() as tx:  # looking takes longer than deleting, and must not hold up writers
            ids = await rows.over(tx, now, now - GRACE_MS, AT_ONCE)
        names = await doors.db.writer.run(partial(rows.forget, ids=ids)) if ids else []
        await doors.blobs.drop(names)  # should this fail, they are orphans
        gone += len(names)
        if len(ids) < AT_ONCE or not names:
            return gone


async def sweep_orphans(doors: Doors) -> int:
    """Delete blobs of more than 24 hours that no row knows; how many."""
    gone, some = 0, list[str]()
    async for name in doors.blobs.names(doors.clock() - KEPT_MS):
        some.append(name)
        if len(some) == AT_ONCE:
            gone += await _drop_unknown(doors, some)
            some = []
    return gone + await _drop_unknown(doors, some)


async def _drop_unknown(doors: Doors, names: list[str]) -> int:
    async with doors.db.reading() as tx:
        known = await rows.known(tx, names)
    unknown = [name for name in names if name not in known]
    await doors.blobs.drop(unknown)
    return len(unknown)
