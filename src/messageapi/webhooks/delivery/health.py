"""How a receiver seems to be, seen by whoever delivers to it: how much at once, and when to leave it alone. Pure."""

AT_ONCE = 64
"""Enough for 500 events a second to a receiver that is 100 ms away."""
FIRST = 4
SLOW_MS = 2_000
"""One that takes longer for an answer gets less at once: it must not keep the places of others."""
DOWN_AFTER = 5
"""So many failures in a row, of whatever deliveries, and the receiver counts as down."""
LEAST_REST_MS = 1_000
LONGEST_REST_MS = 300_000
REST_OF_DOWNTIME = 8
"""It rests an eighth of the time it has been down: one that was down for 20 s is found within seconds."""


class Health:
    """While it is down one delivery at a time finds out whether it still is, and the others lose no try."""

    def __init__(self) -> None:
        self._window = FIRST
        self._failures = 0
        self._failing_since = 0
        self.rests_until = 0

    @property
    def down(self) -> bool:
        return self._failures >= DOWN_AFTER

    def room(self, under_way: int, now: int) -> int:
        """How many more may be under way."""
        if now < self.rests_until:
            return 0
        return (1 if self.down else self._window) - under_way

    def succeeded(self, ms: int) -> bool:
        """True when it was down until now. `ms`: how long it took."""
        was_down = self.down
        self._failures = 0
        self.rests_until = 0
        self._window = max(1, self._window // 2) if ms > SLOW_MS else min(AT_ONCE, self._window + 1)
        return was_down

    def failed(self, now: int) -> None:
        if not self._failures:
            self._failing_since = now
        self._failures += 1
        self._window = max(1, self._window // 2)
        if self.down:
            rest = (now - self._failing_since) // REST_OF_DOWNTIME
            self.rest(now + min(max(rest, LEAST_REST_MS), LONGEST_REST_MS))

    def rest(self, until: int) -> None:
        """The receiver may have asked for it itself."""
        self.rests_until = max(self.rests_until, until)
