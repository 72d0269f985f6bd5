"""What engine hosts report about a number's connection, as guarded transitions. Applying it twice changes nothing."""

from collections.abc import Sequence
from typing import NamedTuple

from messageapi.engines.port import Alive, Connected, Disconnected, Ended, EngineEvent
from messageapi.numbers import rows
from messageapi.numbers.limits import limit_of, limited, state_when_well, tells_limit
from messageapi.numbers.number import Number
from messageapi.numbers.placing.plan import retry_delay_ms
from messageapi.numbers.states import REASONS, SENDS, State
from messageapi.numbers.transition import move
from messageapi.store.db import Tx
from messageapi.vocab.jid import Jid
from messageapi.web.doors import Doors

OUTDATED_PAUSE_MS = 600_000  # every number is refused alike: ask again rarely, a storm helps nobody
BAN_WITHOUT_END_MS = 6 * 3_600_000
"""WhatsApp did not say until when. Each login in between counts against the number."""

_ENDS: dict[str, tuple[State, str]] = {
    "logged_out": ("logged_out", "logged_out"),
    "refused": ("logged_out", "refused"),
    "replaced": ("replaced", "replaced"),
    "banned": ("banned", "banned"),
}
_OPENED_AGAIN = {"crashed": "host_lost", "client_outdated": "client_outdated"}
_CONNECTION = Connected | Disconnected | Ended | Alive


class Observed(NamedTuple):
    """One event of one number; `account_id` as the inbox knows it."""

    number_id: str
    account_id: str
    event: EngineEvent


async def observe(doors: Doors, tx: Tx, now: int, items: Sequence[Observed]) -> None:
    """Apply connection events and limits in order; other events about messages are passed over."""
    mine = [item for item in items if isinstance(item.event, _CONNECTION) or tells_limit(item.event)]
    known = await rows.by_ids(tx, {item.number_id for item in mine})
    heard: dict[str, int] = {}
    for number_id, account_id, event in mine:
        number = known.get(number_id)
        if number is None or number.account_id != account_id:
            continue
        if isinstance(event, Connected | Alive):
            heard[number_id] = max(heard.get(number_id, 0), min(event.at, now))
        known[number_id] = await _apply(doors, tx, number, event) or number
    await rows.note_evidence(tx, heard)


async def _apply(doors: Doors, tx: Tx, number: Number, event: EngineEvent) -> Number | None:
    match event:
        case Connected():
            return await _connected(doors, tx, number, event)
        case Alive() if number.state == "degraded":
            return await move(doors, tx, number, *state_when_well(number, doors.clock()))
        case Disconnected(code=code) if number.state in {"connecting", *SENDS}:
            return await move(doors, tx, number, "reconnecting", code if code in REASONS else "network")
        case Ended():
            return await _ended(doors, tx, number, event)
        case _ if tells_limit(event):
            return await limited(doors, tx, number, event)
    return None


async def _connected(doors: Doors, tx: Tx, number: Number, event: Connected) -> Number | None:
    if number.state in ("connected", "limited"):
        return None
    now = doors.clock()
    state, reason = state_when_well(number, now)
    known: dict[str, object] = {
        "jid": event.jid or number.jid,
        "lid": event.lid or number.lid,
        "phone": phone_of(event.jid) or number.phone,
    }
    if not limit_of(number, now):
        known |= {"limit_code": None, "limited_until": None}
    return await move(doors, tx, number, state, reason, **known, evidence_at=event.at)


async def _ended(doors: Doors, tx: Tx, number: Number, event: Ended) -> Number | None:
    if event.code in _OPENED_AGAIN:
        return await _open_again(doors, tx, number, _OPENED_AGAIN[event.code])
    state, reason = _ENDS[event.code]
    if number.state == state:
        return None
    until = event.until or (doors.clock() + BAN_WITHOUT_END_MS if state == "banned" else None)
    moved = await move(doors, tx, number, state, reason, limit_code=None, limited_until=until)
    if moved:
        await rows.unwant(tx, number.id)
    return moved


async def _open_again(doors: Doors, tx: Tx, number: Number, reason: str) -> Number | None:
    """The host may still list the dead session: the new epoch has it closed there before another is opened."""
    moved = await move(doors, tx, number, "reconnecting", reason)
    placement = await rows.placement_of(tx, number.id) if moved else None
    if placement and placement.host_id:
        failures = placement.failures + 1
        pause = OUTDATED_PAUSE_MS if reason == "client_outdated" else retry_delay_ms(failures)
        later = {"failures": failures, "retry_at": doors.clock() + pause}
        await rows.place(tx, number.id, placement.epoch, epoch=placement.epoch + 1, host_id=None, **later)
    return moved


def phone_of(jid: str) -> str | None:
    """E.164 of a linked device's address."""
    try:
        return Jid.parse(jid).phone
    except ValueError:
        return None
