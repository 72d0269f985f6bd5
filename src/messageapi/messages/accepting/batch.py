"""Up to a thousand messages in one request and one transaction, each with its own result."""

import asyncio
from collections.abc import Sequence

import msgspec

from messageapi.bus.subjects import BELL_SEND, BELL_TIMES
from messageapi.errors import Problem
from messageapi.idempotency.once import Claim, Kept, Once, claim, outcome
from messageapi.messages.accepting.accept import judged, store
from messageapi.messages.accepting.draft import Accepted, Draft
from messageapi.messages.accepting.room import take_room
from messageapi.messages.accepting.send import drafted
from messageapi.messages.content.files import Files
from messageapi.messages.content.requests import SendRequest, read
from messageapi.messages.schemas import BatchAnswer, BatchEntry, Refusal
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.web.problems import to_problem
from messageapi.web.words import body_problem

AT_A_TIME = 50
"""Messages prepared before others get a turn."""

Item = Draft | Problem


class Batch(msgspec.Struct, frozen=True):
    """What came of each message so far, in order."""

    items: Sequence[Item]
    once: Once | None
    now: int


class Taken(msgspec.Struct, frozen=True):
    """The answer as it goes out, and the numbers that have something to send now."""

    kept: Kept
    number_ids: frozenset[str]


async def send_batch(doors: Doors, caller: Caller, messages: Sequence[msgspec.Raw], once: Once | None) -> Kept:
    """The answer. Raise Replay, or Problem when nothing at all was stored."""
    await take_room(doors, caller, len(messages))
    files = Files(doors, caller)
    items: list[Item] = []
    for start in range(0, len(messages), AT_A_TIME):
        some = messages[start : start + AT_A_TIME]
        items += await asyncio.gather(*(_item(doors, caller, raw, files) for raw in some))
        await asyncio.sleep(0)
    async with doors.batches:
        taken = await doors.db.writer.join(accept_batches, Batch(items, once, doors.clock()))
    for number_id in taken.number_ids:
        doors.bells.ring(BELL_SEND, number_id)
    first = (item.way.times.first for item in items if isinstance(item, Draft))
    if (at := min((each for each in first if each is not None), default=None)) is not None:
        doors.bells.ring(BELL_TIMES, str(at))
    return taken.kept


async def _item(doors: Doors, caller: Caller, raw: msgspec.Raw, files: Files) -> Item:
    try:
        request: SendRequest = read(raw)
        return await drafted(doors, caller, request, files, in_batch=True)
    except Problem as problem:
        return problem
    except msgspec.ValidationError as refusal:
        return body_problem(str(refusal))


async def accept_batches(tx: Tx, batches: Sequence[Batch]) -> list[Taken | Exception]:
    """A batch for Writer.join: all messages of each request, or none where its key was used already."""
    drafts = [item for batch in batches for item in batch.items if isinstance(item, Draft)]
    answers = dict(zip((draft.id for draft in drafts), await judged(tx, drafts), strict=True))
    taken: list[Taken | Exception] = [_taken(batch, answers) for batch in batches]
    for index, failure in (await _claimed(tx, batches, taken)).items():
        taken[index] = failure
    stored = [batch for batch, one in zip(batches, taken, strict=True) if isinstance(one, Taken)]
    mine = [item for batch in stored for item in batch.items if isinstance(item, Draft)]
    await store(tx, [(draft, one) for draft in mine if isinstance(one := answers[draft.id], Accepted)])
    return taken


async def _claimed(tx: Tx, batches: Sequence[Batch], taken: Sequence[Taken | Exception]) -> dict[int, Exception]:
    """What the batches are told, by index, whose key was used before."""
    keyed = [
        (index, Claim(batch.once, one.kept))
        for index, (batch, one) in enumerate(zip(batches, taken, strict=True))
        if batch.once and isinstance(one, Taken)
    ]
    if not keyed:
        return {}
    late = await claim(tx, [each for _, each in keyed], max(batch.now for batch in batches))
    return {keyed[place][0]: outcome(keyed[place][1].once, found) for place, found in late.items()}


def _taken(batch: Batch, answers: dict[str, Accepted | Exception]) -> Taken:
    settled = [answers[item.id] if isinstance(item, Draft) else item for item in batch.items]
    results = [_entry(index, each) for index, each in enumerate(settled)]
    refused = sum(one.problem is not None for one in results)
    answer = BatchAnswer(accepted=len(results) - refused, refused=refused, results=results)
    sending = frozenset(each.number_id for each in settled if isinstance(each, Accepted))
    return Taken(Kept(202, "application/json", msgspec.json.encode(answer)), sending)


def _entry(index: int, result: Accepted | Exception) -> BatchEntry:
    if isinstance(result, Accepted):
        return BatchEntry(index, result.id, result.status, result.number_id, result.to)
    problem = to_problem(result)
    return BatchEntry(index, problem=Refusal(problem.code, problem.status, problem.message))
