"""Sending: check what needs no database, seal, and accept in a durable transaction shared with all who send now."""

import msgspec

from messageapi.bus.subjects import BELL_SEND, BELL_TIMES
from messageapi.contacts.canonical import canonical
from messageapi.contacts.written import addressed
from messageapi.idempotency.once import Once
from messageapi.messages import errors
from messageapi.messages.accepting.accept import accept
from messageapi.messages.accepting.draft import Accepted, Draft, Way
from messageapi.messages.accepting.room import take_room
from messageapi.messages.accepting.times import times
from messageapi.messages.content.bodies import sealed_body
from messageapi.messages.content.files import Files
from messageapi.messages.content.letters import Writing, Written, written
from messageapi.messages.content.requests import SendRequest, TextMessage
from messageapi.vocab.caller import Caller
from messageapi.vocab.ids import new_message_id
from messageapi.vocab.phone import Recipient, RecipientError, e164
from messageapi.vocab.recent import Recent
from messageapi.web.doors import Doors

__all__ = ["Accepted", "Keyed", "TextMessage", "drafted", "put", "send"]


_usual: Recent[tuple[str, str], str] = Recent(10_000)
"""The number that was meant last time by an account and a sender's name: a guess, which costs nothing when wrong."""


class Keyed(msgspec.Struct, frozen=True):
    """The request has an Idempotency-Key. `answer_until`: its answer is not the acceptance but follows until then."""

    once: Once
    answer_until: int | None = None


async def send(doors: Doors, caller: Caller, request: SendRequest, keyed: Keyed | None = None) -> Accepted:
    """Accepted and on the disk when this returns. Raise Problem for bad input and numbers that cannot send, Replay when
    the key was used for the same request before.
    """
    return await put(doors, await drafted(doors, caller, request), keyed)


async def put(doors: Doors, draft: Draft, keyed: Keyed | None) -> Accepted:
    """Store a draft and wake the queue.

    A dispatcher that is told a moment before asks for the message in the very transaction that accepts it.
    """
    if keyed:
        draft = msgspec.structs.replace(draft, once=keyed.once, answer_until=keyed.answer_until)
    name = (draft.caller.account_id, draft.sender)
    guess = _usual.get(name)
    times = draft.way.times
    told = guess is not None and times.send_at is None and doors.bells.nudge(BELL_SEND, guess)
    accepted = await doors.db.writer.join(accept, draft)
    if times.first is not None:
        doors.bells.ring(BELL_TIMES, str(times.first))
    if not told or accepted.number_id != guess:
        doors.bells.ring(BELL_SEND, accepted.number_id)
        _usual.keep(name, accepted.number_id)
    return accepted


async def drafted(
    doors: Doors, caller: Caller, request: SendRequest, files: Files | None = None, *, in_batch: bool = False
) -> Draft:
    """Checked and sealed; nothing is stored but its file. Raise Problem. `files`: shared with other messages. A batch
    takes room for all of its messages together.
    """
    if not in_batch:
        await take_room(doors, caller)
    way = Way(
        times=times(request, doors.clock()),
        priority=request.priority,
        on_unconfirmed=request.on_unconfirmed,
        refuses=request.on_limit == "refuse",
        bulk=is_bulk(request, in_batch=in_batch),
    )
    custom = _custom(request)
    sender = _sender(request.from_)
    to = await canonical(doors, caller.account_id, await addressed(doors, caller, request.to))
    letter = await written(doors, caller, Writing(to, request, files))
    if letter.about:
        way = msgspec.structs.replace(way, target_id=letter.about.message_id, number_id=letter.about.number_id)
    return await sealed(doors, caller, to, letter, Options(sender, custom, way))


def is_bulk(request: SendRequest, *, in_batch: bool) -> bool:
    """As its sender says; else what goes to many at once, or in nobody's hurry, unless it is urgent."""
    if request.bulk is not None:
        return request.bulk
    return request.priority == "low" or (in_batch and request.priority != "high")


class Options(msgspec.Struct, frozen=True):
    """What goes with a letter."""

    sender: str = ""
    custom: str | None = None
    way: Way = Way()


async def sealed(doors: Doors, caller: Caller, to: Recipient, letter: Written, options: Options) -> Draft:
    """The draft of a finished letter."""
    sealer = await doors.keyring.sealer(caller.account_id)
    message_id = new_message_id()
    return Draft(
        id=message_id,
        caller=caller,
        sender=options.sender,
        to=to,
        type=letter.type,
        custom=options.custom,
        body=sealed_body(sealer, message_id, letter.letter),
        media=letter.media,
        way=options.way,
        sealer=sealer,
        now=doors.clock(),
        hours=doors.settings.body_hours,
    )


def _custom(request: SendRequest) -> str | None:
    custom = msgspec.json.encode(request.metadata).decode() if request.metadata else None
    if custom and len(custom) > errors.METADATA_LENGTH:
        raise errors.metadata_too_large()
    return custom


def _sender(given: str | None) -> str:
    """A number's id, its phone in E.164, or nothing for the default."""
    if given is None or given.startswith("num_"):
        return given or ""
    try:
        return e164(given)
    except RecipientError:
        raise errors.number_unknown() from None
