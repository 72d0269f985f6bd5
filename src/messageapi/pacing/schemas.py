"""The public shape of a number's pace: its limits, what it used of them, and when the next message may go."""

from typing import Annotated

import msgspec
from msgspec import Meta

from messageapi.pacing.counters import Budget, free_at, most
from messageapi.pacing.limits import DAY_MS, WARM_AFTER_DAYS, warmth
from messageapi.pacing.turns import Pace
from messageapi.vocab.clock import iso

LONGEST_GAP_MS = 3_600_000
LARGEST_BUDGET = 1_000_000

Gap = Annotated[int, Meta(ge=0, le=LONGEST_GAP_MS)]
Limit = Annotated[int, Meta(ge=0, le=LARGEST_BUDGET)]


class PacingEdit(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """What is left out stays as it is. A budget of 0 limits nothing."""

    on: Annotated[
        bool | None, Meta(description="Keep a pace. Without a word: on for `whatsapp`, off for `sandbox`.")
    ] = None
    gap_ms: Annotated[Gap | None, Meta(description="Between the starts of two messages, at least.")] = None
    jitter_ms: Annotated[Gap | None, Meta(description="Up to so much is added to the gap, by chance.")] = None
    per_minute: Limit | None = None
    per_hour: Limit | None = None
    per_day: Limit | None = None
    new_contacts_per_day: Annotated[
        Limit | None, Meta(description="Messages to people the number has not been in touch with.")
    ] = None
    warm_up: Annotated[
        bool | None, Meta(description="Smaller budgets of a day while the link is young; see the how-to.")
    ] = None


class BudgetView(msgspec.Struct, rename="camel", kw_only=True):
    """`limit` and `left` are null where nothing is limited."""

    limit: Annotated[int | None, Meta(description="What counts today: while warming up less than what is set.")]
    used: int
    left: int | None
    resets_at: Annotated[str | None, Meta(description="When the whole budget is there again.")]


class WarmingView(msgspec.Struct, rename="camel", kw_only=True):
    """The number is fresh: its budgets of a day are smaller still."""

    day: Annotated[int, Meta(description="Whole days since it was linked.")]
    until: str | None


class PacingView(msgspec.Struct, rename="camel", kw_only=True):
    """How fast the number sends."""

    on: bool
    gap_ms: int
    jitter_ms: int
    per_minute: BudgetView
    per_hour: BudgetView
    per_day: BudgetView
    new_contacts_per_day: BudgetView
    warm_up: bool
    warming: Annotated[WarmingView | None, Meta(description="Null once it is warm.")]
    next_at: Annotated[str | None, Meta(description="Before this time no message goes. Null: at once.")]
    next_new_contact_at: Annotated[str | None, Meta(description="The same for a new contact.")]


def pacing_view(pace: Pace, now: int, *, on: bool) -> PacingView:
    return PacingView(
        on=on,
        gap_ms=pace.limits.gap_ms,
        jitter_ms=pace.limits.jitter_ms,
        per_minute=_budget(pace, "minute", now),
        per_hour=_budget(pace, "hour", now),
        per_day=_budget(pace, "day", now),
        new_contacts_per_day=_budget(pace, "new", now),
        warm_up=pace.limits.warm_up,
        warming=_warming(pace, now),
        next_at=_next(pace, now, new=False) if on else None,
        next_new_contact_at=_next(pace, now, new=True) if on else None,
    )


def _budget(pace: Pace, budget: Budget, now: int) -> BudgetView:
    limit, used = most(pace.now(now), budget), pace.counters.used(budget, now)
    return BudgetView(
        limit=limit or None,
        used=used,
        left=max(0, limit - used) if limit else None,
        resets_at=iso(pace.counters.ends(budget)) if used else None,
    )


def _warming(pace: Pace, now: int) -> WarmingView | None:
    age = now - pace.since
    if warmth(pace.limits, age) is None:
        return None
    return WarmingView(day=max(0, age) // DAY_MS, until=iso(pace.since + WARM_AFTER_DAYS * DAY_MS))


def _next(pace: Pace, now: int, *, new: bool) -> str | None:
    at = max(pace.counters.next_at, free_at(pace.now(now), pace.counters, now, new=new))
    return iso(at) if at > now else None
