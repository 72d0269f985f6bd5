"""Having the host that holds a number do something now, for a caller who waits for it."""

from collections.abc import Callable

from messageapi.bus.port import BusError
from messageapi.engines.port import Answer, Command, Refused
from messageapi.errors import Problem
from messageapi.numbers import find, rows
from messageapi.numbers.asking.hosts import tell
from messageapi.numbers.number import Placement
from messageapi.numbers.states import SENDS
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

RETRY_S = 5

Made = Callable[[int], Command]
"""The command for the epoch under which the number is held."""

_AWAY = frozenset({"not_connected", "stale_epoch", "unknown_number", "stopping"})


async def ask(doors: Doors, caller: Caller, number_id: str, made: Made, deadline_s: float) -> Answer:
    """Raise Problem number_not_found, number_not_connected, recipient_malformed or whatsapp_no_answer."""
    answer = await put(doors, caller, number_id, made, deadline_s)
    if isinstance(answer, Refused):
        raise _refused(answer.code)
    return answer


async def put(doors: Doors, caller: Caller, number_id: str, made: Made, deadline_s: float) -> Answer:
    """The same, but what the host refuses although the number is connected is given back as it is."""
    held = await doors.db.read(lambda tx: _held(tx, caller, number_id))
    try:
        answer = await tell(doors.bus, held.host_id or "", made(held.epoch), deadline_s)
    except BusError as problem:
        raise (not_connected() if problem.code == "no_listener" else no_answer()) from None
    if isinstance(answer, Refused) and answer.code in _AWAY:
        raise not_connected()
    return answer


async def _held(tx: Tx, caller: Caller, number_id: str) -> Placement:
    number = await find.one(tx, caller, number_id)
    placement = await rows.placement_of(tx, number_id)
    if number.state not in SENDS or placement is None or not placement.host_id:
        raise not_connected()
    return placement


def _refused(code: str) -> Problem:
    if code in _AWAY:
        return not_connected()
    if code == "bad_recipient":
        return Problem("recipient_malformed", 422, "This is not an address that WhatsApp has. Correct it.")
    return no_answer()


def not_connected() -> Problem:
    return Problem(
        "number_not_connected",
        409,
        "The number is not connected to WhatsApp now, and this cannot wait. Read its state, and try again later.",
    )


def no_answer() -> Problem:
    sentence = f"WhatsApp did not answer in time. Try again after {RETRY_S} seconds."
    return Problem("whatsapp_no_answer", 503, sentence, retry_after=RETRY_S)
