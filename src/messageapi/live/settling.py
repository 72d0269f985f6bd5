"""How far the outbox can be read without passing over an event that is not committed yet.

SQLite commits in the order of `seq`. PostgreSQL may commit 7 before 6, and whoever has gone on to 7 would never look
at 6 again. Whoever inserts into the outbox holds a lock on it until it has committed, and has it before it takes a
`seq`. So: look how far the outbox goes, then see who holds the lock; when all of these have ended, what can be read up
to there is complete.
"""

from typing import NamedTuple


class Settling(NamedTuple):
    """All events up to `settled` can be read. So will those up to `checked` when those in `writing` have ended."""

    settled: int = -1
    checked: int = -1
    writing: frozenset[str] = frozenset()

    def seen(self, top: int, writing: frozenset[str]) -> "Settling":
        """After a look: `top` is the last event of a snapshot, `writing` those who wrote when it had been taken."""
        if still := self.writing & writing:
            return self._replace(writing=still)
        if self.writing:  # they have ended, perhaps only after this snapshot: the next one shows what they wrote
            return self._replace(writing=frozenset())
        return Settling(self.checked, top, writing)

    @property
    def open(self) -> bool:
        """There is more to come."""
        return self.settled < self.checked


def in_order(top: int) -> Settling:
    """Where events are committed in their order."""
    return Settling(top, top)
