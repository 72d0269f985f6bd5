"""Between a claim and an engine host: handing over, and what to do when it is not known whether that succeeded."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from messageapi import logs
from messageapi.bus.port import BusError
from messageapi.bus.subjects import BELL_MESSAGE
from messageapi.engines.port import (
    AskOutcomes,
    Done,
    EngineEvent,
    NotSent,
    Outcomes,
    Refused,
    SendJob,
    Submit,
    Unconfirmed,
)
from messageapi.messages.content.bodies import opened_body
from messageapi.messages.following.events import News, apply
from messageapi.messages.queue.claim import Claim, Held
from messageapi.messages.queue.entry import Flying, Standing, Taken
from messageapi.messages.queue.flight import Back, abandon, lost, release
from messageapi.messages.queue.order import pause_after
from messageapi.numbers.asking.hosts import tell
from messageapi.numbers.states import SENDS
from messageapi.store.db import Tx
from messageapi.store.vault import SealError
from messageapi.web.doors import Doors
from messageapi.workers.sending.courier import Courier
from messageapi.workers.sending.preparing import Job, prepared

ASK_DEADLINE_S = 5.0
STALE_S = 5.0
"""A claim older than this is not handed over any more: another worker may be about to ask for it."""
FOREIGN_MS = 15_000
"""For so long another worker may still be handing over what it claimed."""
RETRY_S = 0.5
NOT_NOW_S = 5.0
MOST_BYTES = 512 * 1024
"""Of jobs in one Submit; the bus carries 1 MiB."""
ENVELOPE_BYTES = 300
"""What a job needs beside its text."""
MOST_REPORTED = 3
"""A host that says so often that it reported an outcome, which never came, has lost it."""

TOO_LARGE = "The message is too large to be handed over. Send less in one message."
HAND_OVER_FAILED = "The process that sends could not take the message; it is tried again. Nothing has to be done."
UNREADABLE = "The stored text could not be opened, so the message was not sent. Send it again."

Reported = Counter[Held]
Fate = Literal["held", "refused", "unknown", "broken"]
"""Of messages given to a host. Refused: not now, whatever they are. Broken: it could not take these."""

_NOT_ARRIVED: dict[str, Fate] = {"no_listener": "refused", "too_large": "broken"}

_log = logs.log("dispatch")


class Handed(msgspec.Struct, frozen=True):
    """What a host certainly holds now, and after how long to look again, if something is open."""

    held: set[Held]
    retry_s: float | None = None


async def hand_over(
    doors: Doors, courier: Courier, standing: Standing, claimed: Sequence[Taken], began: float
) -> Handed:
    """`began`: loop time from before the claim."""
    ready, barred = await prepared(doors, standing, await _opened(doors, standing, claimed))
    if barred:
        await _report(doors, standing, barred)
    errand = _Errand(doors, courier, standing, began)
    fate: Fate = "held"
    for portion in _portions(ready):
        fate = await errand.give(portion)
        if fate != "held":
            break
    if fate == "unknown":
        return Handed(errand.held, RETRY_S)
    if fate == "refused" or errand.stuck:
        await _release(doors, [each for each in claimed if (each.seq, each.attempt) not in errand.held])
    return Handed(errand.held, pause_after(claimed[0].attempt) / 1000 if fate == "refused" else None)


class _Errand:
    """Hands claimed messages over, in order. One that a host cannot take is found by giving each alone: it goes back,
    and those of its chat with it.
    """

    def __init__(self, doors: Doors, courier: Courier, standing: Standing, began: float) -> None:
        self._doors, self._courier, self._standing, self._began = doors, courier, standing, began
        self.held: set[Held] = set()
        self.stuck: set[str] = set()

    async def give(self, portion: Sequence[Job]) -> Fate:
        """`held`: the next can be given."""
        portion = [each for each in portion if each[0].chat not in self.stuck]
        if not portion:
            return "held"
        fate = await _submit(self._doors, self._courier, self._standing, portion, self._began)
        if fate == "held":
            self.held |= {(taken.seq, taken.attempt) for taken, _ in portion}
        if fate != "broken":
            return fate
        if len(portion) == 1:
            await self._give_up(portion[0])
            return "held"
        for each in portion:
            fate = await self.give([each])
            if fate != "held":
                return fate
        return "held"

    async def _give_up(self, one: Job) -> None:
        taken, job = one
        self.stuck.add(taken.chat)
        large = _size(one) > MOST_BYTES
        code, detail = ("too_large", TOO_LARGE) if large else ("hand_over_failed", HAND_OVER_FAILED)
        now = self._doors.clock()
        await _report(self._doors, self._standing, [NotSent(job.message_id, job.attempt, code, detail, large, now)])


async def find_out(doors: Doors, got: Claim, in_doubt: Sequence[Flying], reported: Reported) -> Handed:
    """Ask the host that holds the number now: it has the journal of the one before, and knows what became of these."""
    standing = got.standing
    if standing is None or not standing.host_id or standing.state not in SENDS:
        return Handed(set(), NOT_NOW_S)
    now = doors.clock()
    old = [each for each in in_doubt if got.alone or now - each.since > FOREIGN_MS]
    answers = await _asked(doors, standing, old, final=True)
    young = await _asked(doors, standing, [each for each in in_doubt if each not in old], final=False)
    if answers is None or young is None:
        return Handed(set(), RETRY_S)
    answers += young
    held = {(each.seq, each.attempt): each for each, state in answers if state != "unknown"}
    reported.update((each.seq, each.attempt) for each, state in answers if state == "reported")
    await _lose(doors, standing, [each for key, each in held.items() if reported[key] >= MOST_REPORTED])
    await _release(doors, [each for each, state in answers if state == "unknown" and each in old])
    return Handed(set(held), RETRY_S if any(state == "unknown" for _, state in young) else None)


async def _asked(
    doors: Doors, standing: Standing, in_doubt: Sequence[Flying], *, final: bool
) -> list[tuple[Flying, str]] | None:
    """`final`: those nobody knows are released, so the host has to refuse them from now on."""
    if not in_doubt:
        return []
    jobs = [(each.message_id, each.attempt) for each in in_doubt]
    command = AskOutcomes(standing.number_id, standing.epoch, jobs, final)
    try:
        answer = await tell(doors.bus, standing.host_id or "", command, ASK_DEADLINE_S)
    except BusError:
        return None
    if not isinstance(answer, Outcomes) or len(answer.states) != len(in_doubt):
        return None
    return list(zip(in_doubt, answer.states, strict=True))


async def give_up(doors: Doors, standing: Standing) -> bool:
    """End what will never be sent or reported; True when something ended, so there may be more."""
    sealer = await doors.keyring.sealer(standing.account_id)
    what = lost(standing, sealer, doors.clock(), doors.settings.body_hours)
    if what is None:
        return False
    ended = await doors.db.writer.run(lambda tx: abandon(tx, what))
    _ring(doors, ended)
    return bool(ended)


async def _submit(doors: Doors, courier: Courier, standing: Standing, portion: Sequence[Job], began: float) -> Fate:
    if asyncio.get_running_loop().time() - began > STALE_S:
        return "unknown"
    deadline_ms = doors.settings.send_deadline_seconds * 1000
    jobs = [job for _, job in portion]
    command = Submit(standing.number_id, standing.epoch, jobs, deadline_ms, standing.taken_seq)
    try:
        answer = await courier.submit(standing.host_id or "", command, sum(map(_size, portion)))
    except BusError as problem:
        _log.warning("a host did not answer", host=standing.host_id, number=standing.number_id, code=problem.code)
        return _NOT_ARRIVED.get(problem.code, "unknown")
    if isinstance(answer, Done):
        return "held"
    if isinstance(answer, Refused):
        _log.info("a host refused messages", host=standing.host_id, number=standing.number_id, code=answer.code)
        return "broken" if answer.code == "engine_failed" else "refused"
    return "unknown"


async def _opened(doors: Doors, standing: Standing, claimed: Sequence[Taken]) -> list[Job]:
    """With their texts. One that cannot be opened fails alone."""
    sealer = await doors.keyring.sealer(standing.account_id)
    jobs: list[Job] = []
    broken: list[EngineEvent] = []
    for each in claimed:
        try:
            letter = opened_body(sealer, each.message_id, each.sealed or b"")
        except SealError:
            broken.append(NotSent(each.message_id, each.attempt, "body_unreadable", UNREADABLE, True, doors.clock()))
        else:
            jobs.append((each, SendJob(each.message_id, each.attempt, each.chat, letter, each.expires_at)))
    if broken:
        await _report(doors, standing, broken)
    return jobs


def _size(job: Job) -> int:
    return len(job[0].sealed or b"") + ENVELOPE_BYTES


def _portions(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """In order, none too large for the bus."""
    portion: list[Job] = []
    size = 0
    for job in jobs:
        length = _size(job)
        if portion and size + length > MOST_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(job)
        size += length
    if portion:
        yield portion


async def _lose(doors: Doors, standing: Standing, lost: Sequence[Flying]) -> None:
    now = doors.clock()
    if lost:
        await _report(
            doors, standing, [Unconfirmed(each.message_id, each.attempt, now, "outcome_lost") for each in lost]
        )


async def _release(doors: Doors, back: Sequence[Flying | Taken]) -> None:
    if back:
        await doors.db.writer.join_many(release, [Back(each.message_id, each.attempt) for each in back])


async def _report(doors: Doors, standing: Standing, events: Sequence[EngineEvent]) -> None:
    """As if the host had said so."""
    news = News(standing.number_id, standing.account_id, await doors.keyring.sealer(standing.account_id), events)

    async def work(tx: Tx) -> list[str]:
        return await apply(tx, doors.clock(), doors.settings.body_hours, [news])

    _ring(doors, await doors.db.writer.run(work))


def _ring(doors: Doors, message_ids: Sequence[str]) -> None:
    for message_id in message_ids:
        doors.bells.ring(BELL_MESSAGE, message_id)
