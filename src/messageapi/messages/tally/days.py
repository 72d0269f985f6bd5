"""Messages of the last days, each day as it is in a time zone; days without a message count too."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from messageapi.messages.tally import rows
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

Group = Literal["read", "delivered", "sent", "waiting", "failed", "canceled", "received"]
GROUPS: dict[str, Group] = {
    "read": "read",
    "played": "read",
    "delivered": "delivered",
    "sent": "sent",
    "scheduled": "waiting",
    "accepted": "waiting",
    "sending": "waiting",
    "unconfirmed": "waiting",
    "failed": "failed",
    "expired": "failed",
    "canceled": "canceled",
    "received": "received",
}


class Day(msgspec.Struct, frozen=True):
    """What became of the messages accepted on this day, by now."""

    day: date
    counts: dict[Group, int]

    def of(self, *groups: Group) -> int:
        return sum(self.counts.get(group, 0) for group in groups)

    @property
    def taken(self) -> int:
        """What the account sent, however it ended."""
        return self.of("read", "delivered", "sent", "waiting", "failed")


async def last_days(doors: Doors, caller: Caller, zone: str, days: int) -> list[Day]:
    """The oldest first, today last."""
    here = ZoneInfo(zone)
    today = datetime.fromtimestamp(doors.clock() / 1000, here).date()
    shown = [today - timedelta(days=back) for back in reversed(range(days))]
    since = int(datetime.combine(shown[0], time.min, here).timestamp() * 1000)
    async with doors.db.reading() as tx:
        found = await rows.by_quarter(tx, caller, since)
    counts: dict[date, Counter[Group]] = {each: Counter() for each in shown}
    for each in found:
        at = datetime.fromtimestamp(each.quarter * rows.QUARTER / 1000, UTC).astimezone(here).date()
        if at in counts:
            counts[at][GROUPS[each.status]] += each.messages
    return [Day(each, dict(counts[each])) for each in shown]
