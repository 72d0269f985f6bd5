"""Try a delivery once: open its event, sign it, post it, and say what came of it."""

import random
import time
from typing import NamedTuple

import msgspec

from messageapi.outside.errors import OutsideError
from messageapi.store.outbox import outbox_payload
from messageapi.store.vault import Sealer, SealError
from messageapi.web.doors import Doors
from messageapi.webhooks import signing
from messageapi.webhooks.delivery import schedule
from messageapi.webhooks.delivery.outcome import Outcome, judged
from messageapi.webhooks.delivery.rows import Head
from messageapi.webhooks.endpoint import Endpoint, opened

DEADLINE_S = 15.0
KEPT = 200
"""Bytes of the answer."""


class Job(NamedTuple):
    """A delivery to be tried. `probe`: before its time, to see whether the receiver is back."""

    endpoint: Endpoint
    head: Head
    probe: bool


async def attempt(doors: Doors, job: Job) -> Outcome:
    """Whatever happens is an outcome; only our own doors raise."""
    now = doors.clock()
    outcome = Outcome(
        webhook_id=job.endpoint.id,
        event_id=job.head.event_id,
        due=job.head.due,
        expires_at=job.head.expires_at,
        verdict="expired",
        at=now,
        ms=0,
        error="event_expired",
        chance=random.random(),  # noqa: S311  it spreads retries, and guards nothing
        probe=job.probe,
    )
    if job.head.sealed is None or job.head.expires_at <= now:
        return outcome
    sealer = await doors.keyring.sealer(job.endpoint.account_id)
    return await _posted(doors, job, sealer, outcome)


async def _posted(doors: Doors, job: Job, sealer: Sealer, outcome: Outcome) -> Outcome:
    try:
        target = opened(sealer, job.endpoint.id, job.endpoint.sealed)
        body = outbox_payload(sealer, job.head.event_id, job.head.sealed or b"")
    except SealError:
        return msgspec.structs.replace(outcome, error="event_unreadable")
    signed = signing.headers(job.head.event_id, outcome.at // 1_000, body, target.secrets(outcome.at))
    headers = {**target.headers, "Content-Type": "application/json", **signed}
    began = time.perf_counter()
    try:
        answer = await doors.outside.post(target.url, body, headers, deadline_s=DEADLINE_S)
    except OutsideError as problem:
        return _with(outcome, began, verdict="failed", error=problem.code)
    verdict, error = judged(answer)
    kept = sealer.seal(answer.head[:KEPT], answer_place(outcome.event_id)) if answer.head else None
    wish = schedule.wish(answer.retry_after, outcome.at) if verdict == "failed" else 0
    return _with(outcome, began, verdict=verdict, error=error, status=answer.status, answer=kept, wish_ms=wish)


def _with(outcome: Outcome, began: float, **known: object) -> Outcome:
    spent = round((time.perf_counter() - began) * 1_000)
    return msgspec.structs.replace(outcome, ms=spent, **known)


def opened_answer(sealer: Sealer, event_id: str, sealed: bytes | None) -> bytes | None:
    """How a receiver's answer began. Raise SealError."""
    return None if sealed is None else sealer.open(sealed, answer_place(event_id))


def answer_place(event_id: str) -> str:
    """What it is sealed about."""
    return f"{event_id} answer"
