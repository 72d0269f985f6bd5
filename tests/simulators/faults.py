"""Faults to plant in what follows a message's life; each breaks one promise."""

from typing import Any

from messageapi.messages import announce
from messageapi.messages.ledger import Ledger
from messageapi.messages.queue import claim, order
from messageapi.messages.row import Row
from messageapi.workers import handover


def forgets_what_hosts_hold(patch: Any) -> None:
    async def asked(_doors: Any, _standing: Any, in_doubt: Any, **_: Any) -> Any:
        return [(each, "unknown") for each in in_doubt]

    patch.setattr(handover, "_asked", asked)


def keeps_bodies(patch: Any) -> None:
    patch.setattr(Row, "body_ends", property(lambda _: False))


def loses_early_receipts(patch: Any) -> None:
    patch.setattr(Ledger, "keep", lambda *_: None)


def lets_later_ones_pass(patch: Any) -> None:
    def last_first(*given: Any) -> Any:
        chosen, pause = order.ready(*given)
        return chosen[::-1], pause

    patch.setattr(claim, "ready", last_first)


def tells_twice(patch: Any) -> None:
    steps = announce.steps
    patch.setattr(announce, "steps", lambda *given: [*steps(*given), *steps(*given)])
