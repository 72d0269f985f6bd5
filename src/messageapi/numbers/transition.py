"""The one way a number changes state: by the table, guarded, its event in the same transaction, a bell after it."""

import msgspec

from messageapi import logs
from messageapi.bus.subjects import BELL_NUMBERS
from messageapi.errors import Problem
from messageapi.notices.account import tell_account
from messageapi.notices.facts import NumberLoggedOut
from messageapi.numbers import rows
from messageapi.numbers.number import Number
from messageapi.numbers.states import REASONS, SENDS, State, may_become
from messageapi.store.db import Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.vocab.clock import iso
from messageapi.vocab.events import NumberMoved
from messageapi.web.doors import Doors

_log = logs.log("numbers")
_ALWAYS: dict[State, str] = {
    "logged_out": "number.logged_out",
    "limited": "number.limited",
    "banned": "number.banned",
    "replaced": "number.disconnected",
}

_NEEDS_SOMEBODY: frozenset[State] = frozenset({"logged_out", "banned"})
"""Nothing is sent until a person does something: that is worth an email."""


def event_type(was: State, then: State) -> str | None:
    """What customers are told. A number that goes quiet and speaks again was connected all the time."""
    if was == "linking":
        return "number.linked" if then == "connecting" else None
    if then == "connected":
        return None if was == "degraded" else "number.connected"
    if then in _ALWAYS:
        return _ALWAYS[then]
    return "number.disconnected" if was in SENDS and then not in SENDS else None


async def move(
    doors: Doors, tx: Tx, number: Number, then: State, reason_code: str | None, **columns: object
) -> Number | None:
    """The number in its new state; None when the table does not allow it or somebody was faster."""
    if not may_become(number.state, then):
        _log.info("transition ignored", number=number.id, was=number.state, then=then, reason=reason_code)
        return None
    now = doors.clock()
    values: dict[str, object] = {
        "state": then,
        "reason_code": reason_code,
        "reason": REASONS[reason_code] if reason_code else None,
        "state_since": number.state_since if number.state == then else now,
        **columns,
    }
    if not await rows.change(tx, number.id, number.state, **values):
        _log.info("transition overtaken", number=number.id, was=number.state, then=then, reason=reason_code)
        return None
    moved = msgspec.structs.replace(number, **values)
    await _tell(doors, tx, number, moved, now)
    return moved


async def _tell(doors: Doors, tx: Tx, was: Number, number: Number, now: int) -> None:
    kind = _kind(was, number)
    if kind:
        sealer = await doors.keyring.sealer(number.account_id, tx)
        row = outbox_row(
            sealer,
            account_id=number.account_id,
            number_id=number.id,
            chat=None,
            type=kind,
            data=event_data(number),
            now=now,
            hours=doors.settings.body_hours,
        )
        await emit(tx, [row])
        if number.state in _NEEDS_SOMEBODY and number.reason_code != "unlinked":
            told = NumberLoggedOut(number_id=number.id, name=number.name, reason=number.reason or "")
            await tell_account(tx, doors, number.account_id, told)
    ring(doors, tx, number.id)
    _log.info("number", number=number.id, was=was.state, state=number.state, reason=number.reason_code)


def _kind(was: Number, number: Number) -> str | None:
    """A limit is told once, however often the connection goes quiet meanwhile, and again when its end moves."""
    if number.state == "limited" and was.state in ("limited", "degraded"):
        same = (was.limit_code, was.limited_until) == (number.limit_code, number.limited_until)
        return None if same else "number.limited"
    return event_type(was.state, number.state) if was.state != number.state else None


def ring(doors: Doors, tx: Tx, number_id: str) -> None:
    """Once committed, tell whoever looks after numbers to look at this one."""
    tx.after_commit(lambda: doors.bells.ring(BELL_NUMBERS, number_id))


def event_data(number: Number) -> NumberMoved:
    return NumberMoved(
        name=number.name,
        phone=number.phone,
        lid=number.lid,
        state=number.state,
        reason_code=number.reason_code,
        reason=number.reason,
        since=iso(number.state_since),
        until=iso(number.limited_until),
    )


def overtaken() -> Problem:
    """Somebody else changed the number between our reading and our writing."""
    return Problem("number_changed", 409, "The number changed in the meantime. Read its state and decide again.")
