"""Housekeeping: files whose time is over, and blobs nobody wrote down because a process ended too early."""

from messageapi.media import rows
from messageapi.media.keep import KEPT_MS
from messageapi.web.doors import Doors

AT_ONCE = 500


async def sweep(doors: Doors) -> int:
    """Forget and delete what has expired until now; how many files. May run in several processes at once."""
    now, gone = doors.clock(), 0
    while names := await doors.db.writer.run(lambda tx: rows.expire(tx, now, AT_ONCE)):
        await doors.blobs.drop(names)  # should this fail, they are orphans
        gone += len(names)
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
