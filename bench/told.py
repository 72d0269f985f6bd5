"""Judges what receivers have taken against the outbox of the product: every event, in the order of each chat.

Pure but for `outbox`, which reads the product's database as it lies on the disk.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import NamedTuple

from messageapi.store.db import FILE

SHOWN = 5


class Event(NamedTuple):
    """A row of the outbox. `line`: number and chat, in which the order is kept."""

    seq: int
    id: str
    line: str
    type: str
    at: int


@dataclass
class Judged:
    """`again`: taken more than once, which is allowed: an answer may be lost on its way."""

    events: int
    taken: int
    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    overtaken: list[str] = field(default_factory=list)
    again: int = 0

    @property
    def good(self) -> bool:
        return not (self.missing or self.unknown or self.overtaken)

    def told(self) -> dict[str, object]:
        lists = {"missing": self.missing, "unknown": self.unknown, "overtaken": self.overtaken}
        faults = {name: {"count": len(found), "examples": found[:SHOWN]} for name, found in lists.items() if found}
        return {"good": self.good, "events": self.events, "taken": self.taken, "again": self.again, "faults": faults}


def judge(events: Sequence[Event], taken: Iterable[str]) -> Judged:
    """`taken`: ids of events in the order they were taken."""
    known = {event.id: event for event in events}
    times = Counter(taken)
    verdict = Judged(len(events), len(times.keys() & known.keys()))
    verdict.missing = [event.id for event in events if event.id not in times]
    verdict.unknown = sorted(times.keys() - known.keys())
    verdict.again = sum(count - 1 for count in times.values())
    last: dict[str, int] = defaultdict(int)
    for event_id in times:  # in the order of their first time
        if event := known.get(event_id):
            if event.seq < last[event.line]:
                verdict.overtaken.append(event_id)
            last[event.line] = max(event.seq, last[event.line])
    return verdict


def outbox(data: Path, webhook_id: str) -> list[Event]:
    """The events that an endpoint which wants all of them should get."""
    query = """
        SELECT o.seq, o.id, coalesce(o.number_id, '') || ' ' || coalesce(o.chat, ''), o.type, o.created_at
        FROM outbox o JOIN webhooks w ON w.account_id = o.account_id
        WHERE w.id = ? AND o.seq > w.after_seq AND o.type <> 'webhook.test' ORDER BY o.seq
    """
    with sqlite3.connect(f"file:{data / FILE}?mode=ro", uri=True) as database:
        return [Event(*row) for row in database.execute(query, (webhook_id,))]


def percentiles(values: Sequence[float], *, digits: int = 1) -> dict[str, float]:
    """Milliseconds at the usual places."""
    ordered = sorted(values)
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "max_ms": 1.0}
    return {name: round(ordered[max(0, ceil(len(ordered) * share) - 1)], digits) for name, share in shares.items()}
