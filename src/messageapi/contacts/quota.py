"""How many people a number may ask WhatsApp about in an hour: asking about strangers is what spammers do.

Counted in the database: a restart begins no new hour, and several processes count together.
"""

from messageapi.contacts import rows
from messageapi.errors import Problem
from messageapi.store.db import Tx
from messageapi.web.doors import Doors

MOST_AN_HOUR = 300
HOUR_MS = 3_600_000


async def take(doors: Doors, number_id: str, phones: int) -> None:
    """Raise Problem too_many_checks; nothing is taken then."""
    now = doors.clock()

    async def work(tx: Tx) -> int:
        hour_from, asked = await rows.checks(tx, number_id)
        if not hour_from <= now < hour_from + HOUR_MS:
            hour_from, asked = now, 0
        if asked + phones > MOST_AN_HOUR:
            return hour_from + HOUR_MS - now
        await rows.save_checks(tx, number_id, hour_from, asked + phones)
        return 0

    if wait_ms := await doors.db.writer.run(work):
        seconds = max(1, -(-wait_ms // 1000))
        raise Problem(
            "too_many_checks",
            429,
            f"This number asked about {MOST_AN_HOUR} people within an hour. Go on after {seconds} seconds.",
            retry_after=seconds,
        )
