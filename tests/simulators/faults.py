"""Faults to plant in what follows a message's life; each breaks one promise."""

from typing import Any

import msgspec

from messageapi.messages import announce
from messageapi.messages.due import rows as due
from messageapi.messages.following.ledger import Ledger
from messageapi.messages.following.row import Row
from messageapi.messages.queue import claim, order
from messageapi.messages.queue import rows as queue
from messageapi.workers import timetable
from messageapi.workers.sending import handover


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


def sends_what_has_expired(patch: Any) -> None:
    patch.setattr(order, "expired", lambda *_: False)
    patch.setattr(timetable, "expire", _nothing)


def sends_before_its_time(patch: Any) -> None:
    begin = due.begin
    patch.setattr(due, "begin", lambda tx, now: begin(tx, now + 60_000))


def sends_while_paused(patch: Any) -> None:
    load = queue.standings

    async def never_paused(tx: Any, number_ids: Any, *, lock: bool) -> Any:
        found = await load(tx, number_ids, lock=lock)
        return {number_id: msgspec.structs.replace(each, paused=False) for number_id, each in found.items()}

    patch.setattr(queue, "standings", never_paused)


def forgets_who_is_urgent(patch: Any) -> None:
    def oldest_first(waiting: Any, *given: Any) -> Any:
        return order.ready(sorted(waiting, key=lambda each: each.seq), *given)

    patch.setattr(claim, "ready", oldest_first)


async def _nothing(*_: Any, **__: Any) -> list[Any]:
    return []
