"""Files that are fetched without being asked for, as the number's setting says: noted with the message, so that no
crash forgets one, and tried until the message's body goes.
"""

from collections.abc import Sequence

from messageapi.engines.port import Inbound
from messageapi.errors import DoorError, Problem
from messageapi.messages.inbound_media import rows
from messageapi.messages.inbound_media.errors import FINAL
from messageapi.messages.inbound_media.fetch import obtained
from messageapi.messages.inbound_media.file import file_of
from messageapi.messages.inbound_media.rows import Wanted
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.content import Media
from messageapi.web.doors import Doors

HOLD_MS = 15 * 60_000
"""Longer than the largest file takes. After a crash another process goes on when this is over."""
FIRST_MS, LONGEST_MS = 10_000, 600_000
AWAY_MS = 60_000
_AWAY, _NO_ANSWER = "number_not_connected", "whatsapp_no_answer"
_MOST_WITHOUT_ANSWER = 3
"""A host that does not answer may have ended over this file: it must not end again and again."""

Came = tuple[str, str, str, Media]
"""Message, account and number, and the file."""


def brings_file(event: object) -> bool:
    """Is it a message with a file?"""
    return isinstance(event, Inbound) and file_of(event.letter) is not None


async def note(tx: Tx, now: int, came: Sequence[Came]) -> None:
    """In the transaction that receives the messages."""
    if not came:
        return
    numbers = await rows.fetching(tx, {number_id for _, _, number_id, _ in came})
    wanted: list[rows.Values] = [
        {
            "message_id": message_id,
            "account_id": account_id,
            "number_id": number_id,
            "size": media.size,
            "due_at": now,
            "tries": 0,
        }
        for message_id, account_id, number_id, media in came
        if number_id in numbers
    ]
    await rows.want(tx, wanted)


async def claim(doors: Doors, most: int) -> list[Wanted]:
    """Up to so many whose time has come."""
    now = doors.clock()
    if not await doors.db.read(lambda tx: rows.waiting.has_due(tx, now)):
        return []
    return await doors.db.writer.run(lambda tx: rows.waiting.claim(tx, now, now + HOLD_MS, most))


async def carry_out(doors: Doors, wanted: Wanted) -> str:
    """Fetch one, or put it off; the code of what was in the way, empty when it is there or not wanted any more."""
    code = await _tried(doors, wanted) if await _still(doors, wanted) else ""
    if not code or code in FINAL or (code == _NO_ANSWER and wanted.tries >= _MOST_WITHOUT_ANSWER):
        await doors.db.writer.run(lambda tx: rows.waiting.done(tx, [wanted.message_id]))
        return code
    away = code == _AWAY
    tries, at = (0, doors.clock() + AWAY_MS) if away else (wanted.tries, doors.clock() + pause_ms(wanted.tries))
    await doors.db.writer.run(lambda tx: rows.waiting.later(tx, at, {wanted.message_id: tries}))
    return code


def pause_ms(tries: int) -> int:
    """Until the next try: ten seconds, then twice as long each time, at most ten minutes."""
    return min(FIRST_MS << min(tries - 1, 10), LONGEST_MS)


async def _still(doors: Doors, wanted: Wanted) -> bool:
    """By the setting as it is now."""
    setting = await doors.db.read(lambda tx: rows.setting(tx, wanted.number_id))
    return setting == "all" or (setting == "small" and wanted.size <= doors.settings.media_small_bytes)


async def _tried(doors: Doors, wanted: Wanted) -> str:
    caller = Caller(wanted.account_id, None, frozenset({"messages:read"}))
    try:
        await obtained(doors, caller, wanted.message_id, HOLD_MS / 1000)
    except (Problem, DoorError) as problem:
        return problem.code
    return ""
