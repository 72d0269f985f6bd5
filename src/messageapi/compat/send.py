"""Send and wait for WhatsApp's word, so that a caller who knows nothing else gets an honest answer."""

import msgspec
from litestar import Response

from messageapi.compat.schemas import SimpleAnswer
from messageapi.errors import DoorError, Problem
from messageapi.idempotency.once import Asked, Kept, Run, finish, only_once
from messageapi.logs import log
from messageapi.messages.accepting.send import Keyed, send
from messageapi.messages.content.requests import SendRequest
from messageapi.messages.find import Word
from messageapi.messages.wait import until_settled
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.web.problems import flat
from messageapi.web.replay import respond
from messageapi.web.visit import Repeat

SENT = 200
ACCEPTED = 202
JSON = "application/json"
_CANNOT_SEND = frozenset({"number_not_linked", "no_number"})
_GRACE_MS = 10_000
"""Longer than the wait itself nobody takes to answer."""
_log = log("compat")


class Wish(msgspec.Struct, frozen=True):
    """What one of the simple calls asks for."""

    route: str
    request: SendRequest
    wait: int  # seconds
    repeat: Repeat


async def send_and_wait(doors: Doors, caller: Caller, wish: Wish) -> Response[SimpleAnswer]:
    """Raise Problem, with the message's id if it was stored before it failed."""
    async with only_once(doors, caller, Asked(wish.route, wish.repeat.key, wish.request)) as run:
        message_id = run.begun or await _stored(doors, caller, wish, run)
        try:
            seen = await until_settled(doors, caller, message_id, wish.wait)
        except DoorError as failure:
            # the message is stored and will be sent: an error here would make callers send it twice
            _log.warning("waiting_failed", code=failure.code)
            return respond(_kept(ACCEPTED, SimpleAnswer(True, "Message accepted", message_id)))
        kept = _answer(seen, wish.repeat.request_id)
        return respond(await finish(doors, run.once, kept) if run.once else kept, replayed=run.begun is not None)


async def _stored(doors: Doors, caller: Caller, wish: Wish, run: Run) -> str:
    until = doors.clock() + wish.wait * 1_000 + _GRACE_MS
    try:
        return (await send(doors, caller, wish.request, Keyed(run.once, until) if run.once else None)).id
    except Problem as refusal:
        if refusal.code in _CANNOT_SEND:
            refusal.status = 400  # the reference's own status for a number that is not connected
        raise


def _answer(seen: Word, request_id: str) -> Kept:
    if seen.status in ("failed", "expired", "canceled"):
        status, _, body = flat(_failure(seen).about(seen.id), request_id)
        return Kept(status, JSON, body)
    if seen.status == "unconfirmed":
        words = "Message accepted, but WhatsApp has not confirmed it. Read its status before you send it again."
        return _kept(ACCEPTED, SimpleAnswer(True, words, seen.id))
    if seen.status in ("scheduled", "accepted", "sending"):
        return _kept(ACCEPTED, SimpleAnswer(True, "Message accepted", seen.id))
    return _kept(SENT, SimpleAnswer(True, "Message sent", seen.id))


def _kept(status: int, answer: SimpleAnswer) -> Kept:
    return Kept(status, JSON, msgspec.json.encode(answer))


def _failure(seen: Word) -> Problem:
    detail = f": {seen.detail.rstrip('.')}" if seen.detail else ""
    return Problem(
        "message_failed", 400, f"The message was not sent{detail}. Read its status for the reason, then send a new one."
    )
