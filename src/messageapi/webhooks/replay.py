"""Deliver events once more: one, those that failed, or a span of time; and send a test."""

from collections.abc import Sequence

import msgspec

from messageapi.bus.subjects import BELL_DELIVERIES
from messageapi.errors import Problem
from messageapi.store.db import Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.store.vault import Sealer
from messageapi.vocab.caller import Caller
from messageapi.vocab.events import WebhookTested
from messageapi.web.doors import Doors
from messageapi.webhooks import find, rows
from messageapi.webhooks.delivery import relay
from messageapi.webhooks.delivery import rows as queue
from messageapi.webhooks.delivery.rows import Event
from messageapi.webhooks.endpoint import Endpoint
from messageapi.webhooks.schemas import Replay

AT_ONCE = 200
MOST = 10_000
"""Events in one call."""
FOREVER_MS = 1 << 52


class Replayed(msgspec.Struct, frozen=True):
    """`next_since`: where to go on."""

    count: int
    next_since: int | None


async def replay_one(doors: Doors, caller: Caller, webhook_id: str, event_id: str) -> None:
    """Whether it was delivered or not; raise Problem when the event is gone."""
    sealer = await doors.keyring.sealer(caller.account_id)

    async def work(tx: Tx) -> None:
        endpoint = await _locked(tx, caller, webhook_id)
        event = await rows.event(tx, caller, event_id)
        if event is None or event.expires_at <= doors.clock():
            await find.delivery(tx, caller, webhook_id, event_id)
            raise Problem("event_gone", 409, "The event is not kept any more, so it cannot be delivered again.")
        await _again(doors, tx, caller, sealer, endpoint, [event])

    await doors.db.writer.run(work)


async def replay(doors: Doors, caller: Caller, webhook_id: str, wanted: Replay) -> Replayed:
    """In portions, so that nobody waits long for the database."""
    span = _span(wanted)
    sealer = await doors.keyring.sealer(caller.account_id)
    after = count = 0

    async def portion(tx: Tx) -> tuple[list[Event], int]:
        endpoint = await _locked(tx, caller, webhook_id)
        if wanted.what == "failed":
            found = await rows.failed_events(tx, caller, webhook_id, after, span, AT_ONCE)
            chosen = found
        else:
            found = await rows.events_since(tx, caller, after, span, AT_ONCE)
            chosen = [each for each in found if relay.wants(msgspec.structs.replace(endpoint, after_seq=0), each)]
        await _again(doors, tx, caller, sealer, endpoint, chosen)
        return found, len(chosen)

    while count < MOST:
        found, chosen = await doors.db.writer.run(portion)
        count += chosen
        if len(found) < AT_ONCE:
            return Replayed(count, None)
        after = found[-1].seq
    return Replayed(count, found[-1].created_at)


def _span(wanted: Replay) -> tuple[int, int]:
    if wanted.what == "all" and wanted.since is None:
        raise Problem("replay_span_missing", 422, "With `what: all` say from when on: add `since`.")
    since = int(wanted.since.timestamp() * 1_000) if wanted.since else 0
    until = int(wanted.until.timestamp() * 1_000) if wanted.until else FOREVER_MS
    if until < since:
        raise Problem("replay_span_invalid", 422, "`until` is before `since`. Swap them.")
    return since, until


async def send_test(doors: Doors, caller: Caller, webhook_id: str) -> str:
    """The id of a `webhook.test` event that goes to this endpoint, whatever types it gets."""
    sealer = await doors.keyring.sealer(caller.account_id)
    now = doors.clock()
    row = outbox_row(
        sealer,
        account_id=caller.account_id,
        number_id=None,
        chat=webhook_id,
        type="webhook.test",
        data=WebhookTested(webhook_id=webhook_id, message="This is a test of your webhook endpoint."),
        now=now,
        hours=doors.settings.body_hours,
    )
    event_id = str(row["id"])

    async def work(tx: Tx) -> None:
        endpoint = await _locked(tx, caller, webhook_id)
        if endpoint.state != "enabled":
            raise Problem(
                "webhook_not_enabled", 409, f"The endpoint is {endpoint.state}. Resume it, then send the test."
            )
        await emit(tx, [row])
        event = await rows.event(tx, caller, event_id)
        if event is None:
            raise AssertionError("an event that was just written is not there")
        await _again(doors, tx, caller, sealer, endpoint, [event])

    await doors.db.writer.run(work)
    return event_id


async def _locked(tx: Tx, caller: Caller, webhook_id: str) -> Endpoint:
    await rows.lock(tx, caller, webhook_id)
    return await find.one(tx, caller, webhook_id)


async def _again(
    doors: Doors, tx: Tx, caller: Caller, sealer: Sealer, endpoint: Endpoint, events: Sequence[Event]
) -> None:
    """Deliveries that have ended are opened anew, those that are missing are made; pending ones stay as they are."""
    if not events:
        return
    now = doors.clock()
    lines = await rows.reopen(tx, caller, [(endpoint.id, event.id) for event in events], now)
    await queue.go_on(tx, lines, now)
    await relay.add(tx, [(endpoint, event) for event in events], {caller.account_id: sealer}, now)
    tx.after_commit(lambda: doors.bells.ring(BELL_DELIVERIES, endpoint.id))
