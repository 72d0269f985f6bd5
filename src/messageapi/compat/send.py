"""Send and wait for WhatsApp's word, so that a caller who knows nothing else gets an honest answer."""

from messageapi.compat.schemas import SimpleAnswer
from messageapi.errors import DoorError, Problem
from messageapi.logs import log
from messageapi.messages.find import Word
from messageapi.messages.send import NewMessage, send
from messageapi.messages.wait import until_settled
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

SENT = 200
ACCEPTED = 202
_CANNOT_SEND = frozenset({"number_not_linked", "no_number"})
_log = log("compat")


async def send_and_wait(doors: Doors, caller: Caller, new: NewMessage, wait_s: int) -> tuple[int, SimpleAnswer]:
    """The status and the answer. Raise Problem, with the message's id if it was stored before it failed."""
    try:
        accepted = await send(doors, caller, new)
    except Problem as refusal:
        if refusal.code in _CANNOT_SEND:
            refusal.status = 400  # the reference's own status for a number that is not connected
        raise
    try:
        seen = await until_settled(doors, caller, accepted.id, wait_s)
    except (
        DoorError
    ) as failure:  # the message is stored and will be sent: an error here would make callers send it twice
        _log.warning("waiting_failed", code=failure.code)
        return ACCEPTED, SimpleAnswer(True, "Message accepted", accepted.id)
    return _answer(seen)


def _answer(seen: Word) -> tuple[int, SimpleAnswer]:
    if seen.status in ("failed", "expired", "canceled"):
        raise _failure(seen).about(seen.id)
    if seen.status == "unconfirmed":
        words = "Message accepted, but WhatsApp has not confirmed it. Read its status before you send it again."
        return ACCEPTED, SimpleAnswer(True, words, seen.id)
    if seen.status in ("accepted", "sending"):
        return ACCEPTED, SimpleAnswer(True, "Message accepted", seen.id)
    return SENT, SimpleAnswer(True, "Message sent", seen.id)


def _failure(seen: Word) -> Problem:
    detail = f": {seen.detail.rstrip('.')}" if seen.detail else ""
    return Problem(
        "message_failed", 400, f"The message was not sent{detail}. Read its status for the reason, then send a new one."
    )
