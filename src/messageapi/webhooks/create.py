"""Make an endpoint. It gets the events that happen from now on."""

from typing import NamedTuple

from msgspec import UNSET

from messageapi.audit.note import note
from messageapi.bus.subjects import BELL_WEBHOOKS
from messageapi.errors import Problem
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors
from messageapi.webhooks import find, rows
from messageapi.webhooks.check import valid_events, valid_headers, valid_numbers, valid_url
from messageapi.webhooks.endpoint import Endpoint, Target, seal, written
from messageapi.webhooks.schemas import NewWebhook
from messageapi.webhooks.signing import new_secret, valid_secret

MOST = 50


class Made(NamedTuple):
    """The endpoint with its secrets open."""

    endpoint: Endpoint
    target: Target


async def create(doors: Doors, caller: Caller, wanted: NewWebhook) -> Made:
    valid_events(wanted.events)
    target = Target(
        url=valid_url(doors, wanted.url), headers=valid_headers(wanted.headers), secret=_secret(wanted.secret)
    )
    webhook_id, now = new_id("whk"), doors.clock()
    sealer = await doors.keyring.sealer(caller.account_id)
    values: dict[str, object] = {
        "id": webhook_id,
        "description": wanted.description.strip(),
        "sealed": seal(sealer, webhook_id, target),
        "events": written(wanted.events),
        "numbers": written(wanted.numbers),
        "state": "enabled",
        "state_since": now,
        "held_until": 0,
        "created_at": now,
    }

    async def work(tx: Tx) -> Endpoint:
        if await find.count(tx, caller) >= MOST:
            raise Problem("too_many_webhooks", 409, f"This account has {MOST} endpoints. Delete those not used.")
        await valid_numbers(tx, caller, wanted.numbers)
        await rows.insert(tx, caller, {**values, "after_seq": await rows.newest_event(tx)})
        await note(tx, caller, "webhook.created", webhook_id, {"description": str(values["description"])}, now=now)
        tx.after_commit(lambda: doors.bells.ring(BELL_WEBHOOKS, caller.account_id))
        return await find.one(tx, caller, webhook_id)

    return Made(await doors.db.writer.run(work), target)


def _secret(given: object) -> str | None:
    if given is UNSET:
        return new_secret()
    return None if given is None else valid_secret(str(given))
