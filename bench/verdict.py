"""Judges what phones have received against what was sent: everything once, in order in each chat.

A text is "LABEL SENDER RECIPIENT N": N counts the messages of a chat upward from 0, perhaps with gaps.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from bench.network import Arrival

Chat = tuple[str, str]


class Chats:
    """Arrivals with one label, by chat."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._seen: dict[Chat, list[int]] = {}
        self.last_at = 0
        self.misdelivered = 0

    def take(self, phone: str, arrivals: Iterable[Arrival]) -> None:
        """One phone's inbox, in the order of arrival."""
        for arrival in arrivals:
            label, _, rest = arrival.text.partition(" ")
            if label != self._label:
                continue
            sender, recipient, n = rest.split(" ")
            self.misdelivered += recipient != phone or sender != arrival.sender
            self._seen.setdefault((sender, recipient), []).append(int(n))
            self.last_at = max(self.last_at, arrival.at)

    @property
    def count(self) -> int:
        return sum(map(len, self._seen.values()))

    @property
    def duplicates(self) -> int:
        return sum(times - 1 for seen in self._seen.values() for times in Counter(seen).values())

    @property
    def disordered(self) -> int:
        return sum(later <= earlier for seen in self._seen.values() for earlier, later in pairwise(seen))

    def faults(self, expected: int) -> list[str]:
        """What is wrong, in words; nothing when all is well."""
        wrong = {
            "missing": expected - (self.count - self.duplicates),
            "duplicates": self.duplicates,
            "out of order": self.disordered,
            "misdelivered": self.misdelivered,
        }
        return [f"{count} {what}" for what, count in wrong.items() if count]
