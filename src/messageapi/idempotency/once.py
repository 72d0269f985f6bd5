"""A request that must count once, and the guard that keeps its twin away while it runs."""

import contextlib
from collections.abc import AsyncIterator

import msgspec

from messageapi.errors import Problem
from messageapi.idempotency import rows
from messageapi.idempotency.entry import Claim, Entry, Once
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.web.replay import Kept, Replay

__all__ = [
    "Asked",
    "Claim",
    "Kept",
    "Once",
    "Run",
    "claim",
    "expire",
    "finish",
    "only_once",
    "outcome",
    "standing",
    "the_request",
]

_HOUR_MS = 3_600_000
KEPT_MS = 72 * _HOUR_MS
RETRY_S = 1
PENDING_RETRY_S = 5

claim = rows.claim
expire = rows.expire


class Asked(msgspec.Struct, frozen=True):
    """What a request asks for. `key`: its Idempotency-Key, if it has one. `content`: all that makes it this request."""

    route: str
    key: str | None
    content: object = None


class Run(msgspec.Struct, frozen=True):
    """A request under way. `begun`: the message an earlier run with this key accepted before it could answer."""

    once: Once | None = None
    begun: str | None = None


@contextlib.asynccontextmanager
async def only_once(doors: Doors, caller: Caller, asked: Asked) -> AsyncIterator[Run]:
    """Raise Replay when it was answered before, Problem when it runs now or the key stands for another request."""
    if asked.key is None:
        yield Run()
        return
    once = await the_request(doors, caller, asked)
    async with _alone(doors, once):
        yield await _run(doors, once)


@contextlib.asynccontextmanager
async def standing(doors: Doors, caller: Caller, asked: Asked) -> AsyncIterator[Entry | None]:
    """For a request that is known only when all of it has been read: what stands under its key. Compare it then, with
    `outcome`; if there is nothing, `claim` with what the request does.
    """
    once = await the_request(doors, caller, asked)
    async with _alone(doors, once):
        found, _ = await _look(doors, once)
        yield found


@contextlib.asynccontextmanager
async def _alone(doors: Doors, once: Once) -> AsyncIterator[None]:
    if once.name in doors.underway:
        raise in_progress(RETRY_S)
    doors.underway.add(once.name)
    try:
        yield
    finally:
        doors.underway.discard(once.name)


async def the_request(doors: Doors, caller: Caller, asked: Asked) -> Once:
    sealer = await doors.keyring.sealer(caller.account_id)
    content = msgspec.json.encode(asked.content, order="deterministic")
    return Once(
        caller.account_id,
        place=sealer.mac(f"{asked.route}\n{asked.key}".encode(), "idempotency place"),
        fingerprint=sealer.mac(asked.route.encode() + b"\n" + content, "idempotency request"),
        expires_at=doors.clock() + KEPT_MS,
    )


async def _run(doors: Doors, once: Once) -> Run:
    found, alone = await _look(doors, once)
    if found is None:
        return Run(once)
    # SQLite has one server process, and this request is not under way in it: whoever was to answer is gone
    left = alone or (found.pending_until or 0) <= doors.clock()
    if left and found.fingerprint == once.fingerprint and found.kept is None and found.message_id:
        return Run(once, found.message_id)
    raise outcome(once, found)


async def _look(doors: Doors, once: Once) -> tuple[Entry | None, bool]:
    """What stands there and has not expired; and whether nobody else serves this database."""

    async def look(tx: Tx) -> tuple[Entry | None, bool]:
        return (await rows.find(tx, [once])).get(once.name), tx.dialect == "sqlite"

    found, alone = await doors.db.read(look)
    return (found if found and found.expires_at > doors.clock() else None), alone


def outcome(once: Once, found: Entry | None) -> Replay | Problem:
    """What a request is told whose key is taken."""
    if found is None:
        return in_progress(RETRY_S)
    if found.fingerprint != once.fingerprint:
        return Problem(
            "idempotency_key_reused",
            422,
            "This Idempotency-Key was used for another request. Use a new key for each new request.",
        )
    return Replay(found.kept) if found.kept else in_progress(PENDING_RETRY_S)


async def finish(doors: Doors, once: Once, kept: Kept) -> Kept:
    """Keep the answer of a request that was claimed without one; the answer that counts."""

    async def work(tx: Tx) -> Kept:
        return await rows.finish(tx, once, kept)

    return await doors.db.writer.run(work)


def in_progress(after_s: int) -> Problem:
    return Problem(
        "idempotency_in_progress",
        409,
        "A request with this Idempotency-Key is still running. Send it again as Retry-After says to get its answer.",
        retry_after=after_s,
    )
