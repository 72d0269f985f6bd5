"""What a number has used of its budgets, as a pure function of a small row: when may the next message go?

A budget's window begins with the first message in it and ends after its length; then the whole budget is there again.
"""

from typing import Literal, get_args

import msgspec

from messageapi.pacing.limits import DAY_MS, Limits

Budget = Literal["minute", "hour", "day", "new"]
BUDGETS: tuple[Budget, ...] = get_args(Budget)
LENGTH: dict[Budget, int] = {"minute": 60_000, "hour": 3_600_000, "day": DAY_MS, "new": DAY_MS}


class Counters(msgspec.Struct, frozen=True):
    """Of one number, as its row has them. `next_at`: the next message may not go before."""

    next_at: int = 0
    minute_from: int = 0
    minute_used: int = 0
    hour_from: int = 0
    hour_used: int = 0
    day_from: int = 0
    day_used: int = 0
    new_from: int = 0
    new_used: int = 0

    def used(self, budget: Budget, now: int) -> int:
        """Since its window began; nothing when that has ended."""
        used: int = getattr(self, f"{budget}_used")
        return used if now < self.ends(budget) else 0

    def ends(self, budget: Budget) -> int:
        began: int = getattr(self, f"{budget}_from")
        return began + LENGTH[budget]


def most(limits: Limits, budget: Budget) -> int:
    """0: as many as there are."""
    found: int = getattr(limits, "new_per_day" if budget == "new" else f"per_{budget}")
    return found


def free_at(limits: Limits, counters: Counters, now: int, *, new: bool, ahead: int = 0) -> int:
    """When the budgets let one more message go behind `ahead` others: now, or when the last full one is there again.

    Whether those ahead are for new contacts is not known, so that budget counts what was sent alone.
    """
    full = [
        counters.ends(budget) if counters.used(budget, now) else now + LENGTH[budget]
        for budget in BUDGETS
        if (new or budget != "new")
        and (limit := most(limits, budget))
        and counters.used(budget, now) + (0 if budget == "new" else ahead) >= limit
    ]
    return max(full, default=now)


def spent(counters: Counters, now: int, *, new: bool) -> Counters:
    """After a message."""
    changes: dict[str, int] = {}
    for budget in BUDGETS:
        if budget == "new" and not new:
            continue
        used = counters.used(budget, now)
        changes[f"{budget}_used"] = used + 1
        if not used:
            changes[f"{budget}_from"] = now
    return msgspec.structs.replace(counters, **changes)


def rested(counters: Counters, limits: Limits, now: int, chance: int) -> Counters:
    """The next message has to keep its distance. `chance`: 0 to `jitter_ms`."""
    return msgspec.structs.replace(counters, next_at=now + limits.gap_ms + chance)
