"""Send what is due: take it, write it, hand it in, write down what came of it. An email's content is destroyed with
its end, whatever that is.
"""

import asyncio
import random

from messageapi import logs
from messageapi.errors import DoorError
from messageapi.notices import rows
from messageapi.notices.enqueue import opened
from messageapi.notices.render import rendered
from messageapi.notices.rows import Claimed
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors

AT_ONCE = 8
HOLD_MS = 180_000
"""Longer than an email takes. After a crash it is sent when this is over, perhaps a second time: its id is the same."""
PAUSES_S = (30, 120, 600, 1_800, 3_600)
KEPT_MS = 30 * 24 * 3_600_000
"""What was sent when, and what failed why, is known for so long."""
_log = logs.log("notices")


async def send_due(doors: Doors) -> int:
    """How many were taken; there may be more."""
    now = doors.clock()
    claimed = await doors.db.writer.run(lambda tx: rows.claim(tx, now, now + HOLD_MS, AT_ONCE))
    await asyncio.gather(*(_send(doors, one) for one in claimed))
    return len(claimed)


async def expire(tx: Tx, now: int) -> int:
    """Forget up to 1,000 that ended long ago; how many."""
    return await rows.forget(tx, now - KEPT_MS, 1_000)


async def _send(doors: Doors, notice: Claimed) -> None:
    if notice.expires_at <= doors.clock():
        await _failed(doors, notice, "too_slow", final=True)
        return
    try:
        content = opened(doors, notice.id, notice.sealed or b"")
        email = rendered(content, notice_id=notice.id, at=notice.created_at, home=doors.settings.base_url)
        await doors.mail.send(email)
    except DoorError as problem:
        await _failed(doors, notice, problem.code, final=problem.permanent)
    except Exception as problem:  # noqa: BLE001 - written again it would be no better, and others wait behind it
        _log.error("a notice could not be written", notice=notice.id, kind=notice.kind, cause=type(problem).__name__)
        await _failed(doors, notice, "unwritable", final=True)
    else:
        await _end(doors, notice, "sent", None)
        _log.info("sent", notice=notice.id, kind=notice.kind, attempts=notice.attempts)


async def _failed(doors: Doors, notice: Claimed, code: str, *, final: bool) -> None:
    now = doors.clock()
    due = now + _pause_ms(notice.attempts)
    if final or due >= notice.expires_at:
        _log.warning("given up", notice=notice.id, kind=notice.kind, code=code, attempts=notice.attempts)
        await _end(doors, notice, "failed", code)
        return
    _log.warning("tried again later", notice=notice.id, kind=notice.kind, code=code, seconds=(due - now) // 1_000)
    await doors.db.writer.run(lambda tx: rows.settle(tx, notice, {"due": due, "error": code}))


async def _end(doors: Doors, notice: Claimed, state: str, code: str | None) -> None:
    values = {"state": state, "error": code, "sealed": None, "ended_at": doors.clock()}
    await doors.db.writer.run(lambda tx: rows.settle(tx, notice, values))


def _pause_ms(attempts: int) -> int:
    pause = PAUSES_S[min(attempts, len(PAUSES_S)) - 1]
    return int(pause * 1_000 * random.uniform(0.9, 1.1))  # noqa: S311  it spreads retries, and guards nothing
