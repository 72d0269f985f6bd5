"""Change an endpoint, its secret, or whether anything is delivered to it."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from msgspec import UNSET

from messageapi.audit.note import note
from messageapi.bus.subjects import BELL_DELIVERIES, BELL_WEBHOOKS
from messageapi.errors import Problem
from messageapi.store.db import Tx
from messageapi.store.vault import Sealer
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.webhooks import find, rows
from messageapi.webhooks.check import valid_events, valid_headers, valid_numbers, valid_url
from messageapi.webhooks.create import Made
from messageapi.webhooks.delivery.rows import hurry
from messageapi.webhooks.endpoint import Endpoint, Target, opened, seal, written
from messageapi.webhooks.schemas import Rotation, WebhookEdit
from messageapi.webhooks.signing import new_secret, valid_secret

HOUR_MS = 3_600_000
Work = Callable[[Tx, Sealer], Awaitable[Made]]


async def edit(doors: Doors, caller: Caller, webhook_id: str, wanted: WebhookEdit) -> Made:
    """With a new URL what waits for its next try is tried at once."""
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not UNSET}
    valid_events(given.get("events"))
    parts = _parts(doors, given)
    columns: dict[str, Any] = {name: written(given[name]) for name in ("events", "numbers") if name in given}
    if "description" in given:
        columns["description"] = given["description"].strip()

    async def work(tx: Tx, sealer: Sealer) -> Made:
        await valid_numbers(tx, caller, given.get("numbers"))
        old = await _locked(tx, sealer, caller, webhook_id)
        target = msgspec.structs.replace(old.target, **parts)
        if "url" in parts:
            await hurry(tx, webhook_id, doors.clock())
        await rows.change(tx, caller, webhook_id, sealed=seal(sealer, webhook_id, target), **columns)
        return Made(await find.one(tx, caller, webhook_id), target)

    return await _changed(doors, caller, webhook_id, "webhook.changed", work)


def _parts(doors: Doors, given: dict[str, Any]) -> dict[str, Any]:
    """What of it is sealed."""
    parts: dict[str, Any] = {}
    if "url" in given:
        parts["url"] = valid_url(doors, given["url"])
    if "headers" in given:
        parts["headers"] = valid_headers(given["headers"])
    return parts


async def rotate(doors: Doors, caller: Caller, webhook_id: str, wanted: Rotation) -> Made:
    """A new secret; the one before signs beside it for a while."""
    secret = valid_secret(wanted.secret) if wanted.secret is not None else new_secret()
    until = doors.clock() + wanted.overlap_hours * HOUR_MS

    async def work(tx: Tx, sealer: Sealer) -> Made:
        old = (await _locked(tx, sealer, caller, webhook_id)).target
        target = msgspec.structs.replace(old, secret=secret, old_secret=old.secret, old_until=until)
        await rows.change(tx, caller, webhook_id, sealed=seal(sealer, webhook_id, target))
        return Made(await find.one(tx, caller, webhook_id), target)

    return await _changed(doors, caller, webhook_id, "webhook.secret_rotated", work)


async def pause(doors: Doors, caller: Caller, webhook_id: str) -> Made:
    """Events are kept for it, as long as events are kept at all."""

    async def work(tx: Tx, sealer: Sealer) -> Made:
        old = await _locked(tx, sealer, caller, webhook_id)
        if old.endpoint.state == "disabled":
            raise Problem("webhook_disabled", 409, "The endpoint is disabled already. Resume it to get events again.")
        if old.endpoint.state == "enabled":
            await rows.change(tx, caller, webhook_id, state="paused", state_since=doors.clock(), held_by=None)
        return Made(await find.one(tx, caller, webhook_id), old.target)

    return await _changed(doors, caller, webhook_id, "webhook.paused", work)


async def resume(doors: Doors, caller: Caller, webhook_id: str) -> Made:
    """After a pause, or after it was disabled: what waits is tried at once."""

    async def work(tx: Tx, sealer: Sealer) -> Made:
        old = await _locked(tx, sealer, caller, webhook_id)
        if old.endpoint.state != "enabled":
            now = doors.clock()
            await hurry(tx, webhook_id, now)
            fresh: dict[str, object] = {
                "state": "enabled",
                "reason_code": None,
                "state_since": now,
                "failing_since": None,
            }
            if old.endpoint.state == "disabled":
                fresh["after_seq"] = await rows.newest_event(tx)  # what it missed comes when it is replayed
            await rows.change(tx, caller, webhook_id, **fresh)
        return Made(await find.one(tx, caller, webhook_id), old.target)

    return await _changed(doors, caller, webhook_id, "webhook.resumed", work)


async def _locked(tx: Tx, sealer: Sealer, caller: Caller, webhook_id: str) -> Made:
    await rows.lock(tx, caller, webhook_id)
    endpoint: Endpoint = await find.one(tx, caller, webhook_id)
    target: Target = opened(sealer, webhook_id, endpoint.sealed)
    return Made(endpoint, target)


async def _changed(doors: Doors, caller: Caller, webhook_id: str, action: str, work: Work) -> Made:
    sealer = await doors.keyring.sealer(caller.account_id)

    async def run(tx: Tx) -> Made:
        made = await work(tx, sealer)
        await note(tx, caller, action, webhook_id, now=doors.clock())
        tx.after_commit(lambda: doors.bells.ring(BELL_WEBHOOKS, caller.account_id))
        tx.after_commit(lambda: doors.bells.ring(BELL_DELIVERIES, webhook_id))
        return made

    return await doors.db.writer.run(run)
