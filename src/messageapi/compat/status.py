"""Is the number connected, and what was sent today?"""

from messageapi.compat.find import outbound_by_status
from messageapi.compat.schemas import StatusAnswer, StatusNumber, Today
from messageapi.numbers import find
from messageapi.numbers.number import Number
from messageapi.numbers.states import SENDS
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

_DAY_MS = 86_400_000


async def status(doors: Doors, caller: Caller) -> StatusAnswer:
    now = doors.clock()
    async with doors.db.reading() as tx:
        counts = await outbound_by_status(tx, caller, now - now % _DAY_MS)
        number = await find.default(tx, caller)
    today = _today(counts)
    if number is None:
        words = "This account has no number yet. Create one and link it, then send."
        return StatusAnswer(connected=False, state=None, message=words, number=None, today=today)
    return StatusAnswer(
        connected=number.state in SENDS,
        state=number.state,
        message=number.reason or _words(number),
        number=StatusNumber(number.id, number.name, number.phone),
        today=today,
    )


def _words(number: Number) -> str:
    return "The number is connected." if number.state in SENDS else f"The number is {number.state.replace('_', ' ')}."


def _today(counts: dict[str, int]) -> Today:
    read = counts.get("read", 0)
    delivered = counts.get("delivered", 0) + read
    return Today(
        accepted=sum(counts.values()),
        waiting=sum(counts.get(name, 0) for name in ("scheduled", "accepted", "sending")),
        sent=counts.get("sent", 0) + delivered,
        delivered=delivered,
        read=read,
        unconfirmed=counts.get("unconfirmed", 0),
        failed=sum(counts.get(name, 0) for name in ("failed", "expired", "canceled")),
    )
