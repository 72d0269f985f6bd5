"""Begin linking a number to a phone: a fresh session folder, a short-lived pairing host, and the command to it."""

from typing import Literal, NamedTuple

import msgspec

from messageapi import logs
from messageapi.audit.note import note
from messageapi.bus.port import BusError
from messageapi.engines.port import Refused, SessionSpec, StartPairing
from messageapi.errors import Problem
from messageapi.numbers import find, folders, rows
from messageapi.numbers.asking import hosts
from messageapi.numbers.linking import pairing
from messageapi.numbers.number import Credentials, Number
from messageapi.numbers.states import REASONS, may_become
from messageapi.numbers.transition import move, overtaken
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

Method = Literal["qr", "code"]

START_DEADLINE_S = 15.0
_PHONE_DIGITS = range(7, 16)  # E.164 allows 15
_log = logs.log("numbers")


class _Begun(NamedTuple):
    credentials: Credentials
    old_folder: str
    old_host: str | None


async def link(doors: Doors, caller: Caller, number_id: str, method: Method, phone: str | None = None) -> Number:
    """Answered when the pairing host is at work; the QR or code follows within seconds. Doing it again starts anew."""
    digits = _checked_phone(method, phone)

    async def work(tx: Tx) -> _Begun:
        number = await find.one(tx, caller, number_id)
        await note(tx, caller, "number.linking", number_id, {"name": number.name, "by": method}, now=doors.clock())
        return await _begin(doors, tx, number)

    begun = await doors.db.writer.run(work)
    if begun.old_host:
        await hosts.release(doors.bus, begun.old_host)
    await folders.remove(doors.settings, begun.old_folder)
    await _start(doors, begun.credentials, digits)
    async with doors.db.reading() as tx:
        return await find.one(tx, caller, number_id)


def _checked_phone(method: Method, phone: str | None) -> str:
    if method == "qr":
        return ""
    digits = "".join(one for one in phone or "" if one not in " ()-.+/")
    if not (digits.isascii() and digits.isdigit() and len(digits) in _PHONE_DIGITS):
        raise Problem(
            "phone_invalid", 422, "Linking with a code needs `phone`: the number's own digits with its country code."
        )
    return digits


async def _begin(doors: Doors, tx: Tx, number: Number) -> _Begun:
    if not may_become(number.state, "linking"):
        raise Problem("number_linked", 409, "This number is linked already. Unlink it first to link another phone.")
    placement = await rows.placement_of(tx, number.id)
    old_folder = await rows.folder_of(tx, number.id)
    if not await move(doors, tx, number, "linking", "linking", state_since=doors.clock()):
        raise overtaken()
    await rows.renew(tx, number.id, folders.new_name(), host_id=None, journal_since=doors.clock())
    credentials = (await rows.credentials(tx, [number.id]))[number.id]
    pairing_host = placement.host_id if placement and number.state == "linking" else None
    return _Begun(credentials, old_folder, pairing_host)


async def _start(doors: Doors, credentials: Credentials, digits: str) -> None:
    """Raise Problem when no pairing host can be had; the number is then back where it can be linked again."""
    spec = msgspec.structs.replace(await hosts.session_spec(doors, credentials), jid="")
    code = "link_crashed"
    try:
        spawned = await hosts.spawn_pairing(doors.bus, spec.network)
        if isinstance(spawned, Refused):
            code = spawned.code if spawned.code in REASONS else code
        else:
            await _hand_over(doors, spec, spawned.host_id, digits)
            return
    except BusError as problem:
        _log.warning("linking not started", number=spec.number_id, code=problem.code)
    await pairing.failed(doors, spec.number_id, spec.epoch, code)
    raise Problem("engine_unavailable", 503, REASONS[code], retry_after=5)


async def _hand_over(doors: Doors, spec: SessionSpec, host_id: str, digits: str) -> None:
    """Note which host links the number before it begins, so that its end is noticed. Raise BusError."""

    async def work(tx: Tx) -> bool:
        return await rows.place(tx, spec.number_id, spec.epoch, host_id=host_id)

    if not await doors.db.writer.run(work):
        await hosts.release(doors.bus, host_id)
        raise overtaken()
    answer = await hosts.tell(doors.bus, host_id, StartPairing(spec, digits), START_DEADLINE_S)
    if isinstance(answer, Refused):
        raise BusError("no_answer", f"the pairing host refused: {answer.code}", permanent=False)
