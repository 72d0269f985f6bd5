"""Write down what came of attempts: deliveries, their attempts, and whether their endpoint still works; in one
transaction for all that ended together.
"""

from collections.abc import Sequence
from typing import NamedTuple

from messageapi.notices import facts
from messageapi.notices.account import tell_account
from messageapi.store.db import Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.vocab.clock import iso
from messageapi.vocab.events import WebhookDisabled
from messageapi.web.doors import Doors
from messageapi.webhooks.delivery import rows, schedule
from messageapi.webhooks.delivery.outcome import Outcome
from messageapi.webhooks.delivery.rows import Tried
from messageapi.webhooks.endpoint import REASONS, Endpoint

Values = rows.Values


class _Settled(NamedTuple):
    tried: Tried
    outcome: Outcome
    changed: Values


class Settler:
    """`Settler(doors).settle` is a batch for Writer.join; make one and keep it, or batches do not meet."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def settle(self, tx: Tx, outcomes: Sequence[Outcome]) -> list[None]:
        endpoints = await rows.lock(tx, {each.webhook_id for each in outcomes})
        tried = await rows.tried(tx, endpoints.keys(), {each.event_id for each in outcomes}) if endpoints else {}
        judged = [
            _Settled(tried[key], each, _changed(tried[key], each))
            for each in outcomes
            if (key := (each.webhook_id, each.event_id)) in tried
        ]
        await rows.save(tx, [((one.tried.webhook_id, one.tried.event_id), one.changed) for one in judged])
        await rows.note_attempts(tx, [_attempt(one, endpoints) for one in judged if one.outcome.verdict != "expired"])
        ended = [one.tried for one in judged if one.changed["state"] != "ready"]
        now = max(each.at for each in outcomes)  # certainly past, so that what comes next is due
        await rows.go_on(tx, [(each.webhook_id, each.line) for each in ended], now)
        for endpoint in endpoints.values():
            mine = [one.outcome for one in judged if one.tried.webhook_id == endpoint.id]
            await self._judge(tx, endpoint, mine)
        return [None] * len(outcomes)

    async def _judge(self, tx: Tx, endpoint: Endpoint, outcomes: Sequence[Outcome]) -> None:
        """An endpoint that fails for days is disabled, and so is one whose receiver says it is gone."""
        told = [each for each in outcomes if each.verdict != "expired"]
        if not told or endpoint.state != "enabled":
            return
        now = max(each.ended_at for each in told)
        if any(each.recovers for each in told):
            await rows.hurry(tx, endpoint.id, now)
        if any(each.verdict == "gone" for each in told):
            await self._disable(tx, endpoint, "gone", now)
        elif any(each.verdict == "delivered" for each in told):
            if endpoint.failing_since is not None:
                await rows.note_failing(tx, endpoint.id, None)
        elif endpoint.failing_since is None:
            await rows.note_failing(tx, endpoint.id, now)
        elif now - endpoint.failing_since >= schedule.DISABLE_MS:
            await self._disable(tx, endpoint, "failing", now)

    async def _disable(self, tx: Tx, endpoint: Endpoint, why: str, now: int) -> None:
        await rows.disable(tx, endpoint.id, why, now)
        sealer = await self._doors.keyring.sealer(endpoint.account_id, tx)
        event = outbox_row(
            sealer,
            account_id=endpoint.account_id,
            number_id=None,
            chat=None,
            type="webhook.disabled",
            data=WebhookDisabled(
                webhook_id=endpoint.id,
                description=endpoint.description,
                reason_code=why,
                reason=REASONS[why],
                since=iso(endpoint.failing_since or now),
            ),
            now=now,
            hours=self._doors.settings.body_hours,
        )
        await emit(tx, [event])
        told = facts.WebhookDisabled(webhook_id=endpoint.id, description=endpoint.description, reason=REASONS[why])
        await tell_account(tx, self._doors, endpoint.account_id, told)


def _changed(tried: Tried, outcome: Outcome) -> Values:
    attempts = tried.attempts + (outcome.verdict != "expired" and not outcome.probe)
    values: Values = {
        "state": "delivered",
        "attempts": attempts,
        "due": outcome.due,
        "status": outcome.status,
        "error": outcome.error,
        "ended_at": outcome.ended_at,
    }
    if outcome.verdict == "failed":
        due = _next(attempts, outcome)
        return values | ({"state": "failed"} if due is None else {"state": "ready", "due": due, "ended_at": None})
    return values | {"state": {"delivered": "delivered", "gone": "failed", "expired": "expired"}[outcome.verdict]}


def _next(attempts: int, outcome: Outcome) -> int | None:
    if outcome.probe:
        return outcome.due
    return schedule.again(attempts, outcome.ended_at, outcome.wish_ms, outcome.expires_at, outcome.chance)


def _attempt(one: _Settled, endpoints: dict[str, Endpoint]) -> Values:
    outcome = one.outcome
    return {
        "webhook_id": outcome.webhook_id,
        "event_id": outcome.event_id,
        "account_id": endpoints[outcome.webhook_id].account_id,
        "at": outcome.at,
        "ms": outcome.ms,
        "status": outcome.status,
        "error": outcome.error,
        "answer": outcome.answer,
    }
