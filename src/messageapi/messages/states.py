"""The life of a message as a pure table: forward only, and no way out of an end.

scheduled -> accepted  its time has come (or canceled | expired | failed before)
accepted -> sending -> sent -> delivered -> read
   |           |-> accepted     nothing had left (the engine says so): it waits again, in its place
   |           |-> failed       WhatsApp refused it, or it can never be sent
   |           |-> expired      its time was over before it could leave
   |           `-> unconfirmed  it may have left and no answer came
   |-> canceled | expired | failed
unconfirmed -> sent | delivered | read   when a later receipt or answer settles it
            `-> accepted                 once, where its sender chose to have it sent again; from there it may end as
                                         unconfirmed again, but not as if it had certainly never left
"""

from typing import Literal

Status = Literal[
    "scheduled",
    "accepted",
    "sending",
    "sent",
    "delivered",
    "read",
    "failed",
    "unconfirmed",
    "expired",
    "canceled",
    "received",
]

NEXT: dict[Status, frozenset[Status]] = {
    "scheduled": frozenset({"accepted", "failed", "expired", "canceled"}),
    "accepted": frozenset({"sending", "failed", "expired", "canceled", "unconfirmed"}),
    "sending": frozenset({"accepted", "sent", "delivered", "read", "failed", "unconfirmed", "expired"}),
    "unconfirmed": frozenset({"accepted", "sent", "delivered", "read"}),
    "sent": frozenset({"delivered", "read"}),
    "delivered": frozenset({"read"}),
    "read": frozenset(),
    "failed": frozenset(),
    "expired": frozenset(),
    "canceled": frozenset(),
    "received": frozenset(),
}

BODY_DESTROYED: frozenset[Status] = frozenset({"sent", "delivered", "read", "failed", "expired", "canceled"})
"""Reaching one of these destroys the body and its key. `unconfirmed` keeps them until it is resolved or expires."""

SETTLED: frozenset[Status] = BODY_DESTROYED | {"unconfirmed"}
"""A caller who waits gets an answer now."""

WAITING: frozenset[Status] = frozenset({"scheduled", "accepted"})
"""Nothing was handed over yet: it can be canceled and it can expire."""

COLUMN: dict[Status, str] = {
    "scheduled": "accepted_at",
    "accepted": "accepted_at",
    "sending": "sending_at",
    "sent": "sent_at",
    "delivered": "delivered_at",
    "read": "read_at",
    "unconfirmed": "unconfirmed_at",
    "failed": "ended_at",
    "expired": "ended_at",
    "canceled": "ended_at",
    "received": "accepted_at",
}
"""Where the moment of reaching a status is kept."""


def may_become(now: Status, then: Status) -> bool:
    return then in NEXT[now]
