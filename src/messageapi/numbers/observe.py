"""What engine hosts report about a number's connection, as guarded transitions. Applying it twice changes nothing."""

from collections.abc import Sequence
from typing import NamedTuple

from messageapi.engines.port import Alive, Connected, Disconnected, Ended, EngineEvent
from messageapi.numbers import rows
from messageapi.numbers.number import Number
from messageapi.numbers.plan import retry_delay_ms
from messageapi.numbers.states import REASONS, State
from messageapi.numbers.transition import move
from messageapi.store.db import Tx
from messageapi.vocab.jid import Jid
from messageapi.web.doors import Doors

OUTDATED_PAUSE_MS = 600_000  # every number is refused alike: ask again rarely, a storm helps nobody

_ENDS: dict[str, tuple[State, str]] = {
    "logged_out": ("logged_out", "logged_out"),
    "refused": ("logged_out", "refused"),
    "replaced": ("replaced", "replaced"),
    "banned": ("banned", "banned"),
    "client_outdated": ("limited", "client_outdated"),
}


class Observed(NamedTuple):
    """One event of one number; `account_id` as the inbox knows it."""

    number_id: str
    account_id: str
    event: EngineEvent


async def observe(doors: Doors, tx: Tx, now: int, items: Sequence[Observed]) -> None:
    """Apply connection events in order; events about messages are passed over."""
    mine = [item for item in items if isinstance(item.event, Connected | Disconnected | Ended | Alive)]
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
            return await move(doors, tx, number, "connected", None)
        case Disconnected(code=code) if number.state in {"connecting", "connected", "degraded"}:
            return await move(doors, tx, number, "reconnecting", code if code in REASONS else "network")
        case Ended():
            return await _ended(doors, tx, number, event)
    return None


async def _connected(doors: Doors, tx: Tx, number: Number, event: Connected) -> Number | None:
    if number.state == "connected":
        return None
    known = {
        "jid": event.jid or number.jid,
        "lid": event.lid or number.lid,
        "phone": phone_of(event.jid) or number.phone,
    }
    return await move(doors, tx, number, "connected", None, **known, limited_until=None, evidence_at=event.at)


async def _ended(doors: Doors, tx: Tx, number: Number, event: Ended) -> Number | None:
    if event.code == "crashed":
        return await _crashed(doors, tx, number)
    state, reason = _ENDS[event.code]
    if number.state == state:
        return None
    until = event.at + OUTDATED_PAUSE_MS if event.code == "client_outdated" else event.until
    moved = await move(doors, tx, number, state, reason, limited_until=until)
    if moved:
        await rows.unwant(tx, number.id)
    return moved


async def _crashed(doors: Doors, tx: Tx, number: Number) -> Number | None:
    """The host may still list the dead session: the new epoch has it closed there before another is opened."""
    moved = await move(doors, tx, number, "reconnecting", "host_lost")
    placement = await rows.placement_of(tx, number.id) if moved else None
    if placement and placement.host_id:
        failures = placement.failures + 1
        later = {"failures": failures, "retry_at": doors.clock() + retry_delay_ms(failures)}
        await rows.place(tx, number.id, placement.epoch, epoch=placement.epoch + 1, host_id=None, **later)
    return moved


def phone_of(jid: str) -> str | None:
    """E.164 of a linked device's address."""
    try:
        return Jid.parse(jid).phone
    except ValueError:
        return None
