"""Delete an endpoint with all its deliveries, in portions so that nobody waits long for the database."""

from messageapi.audit.note import Fact, note
from messageapi.bus.subjects import BELL_WEBHOOKS
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.webhooks import find, rows
from messageapi.webhooks.endpoint import Endpoint

AT_ONCE = 1_000


async def remove(doors: Doors, caller: Caller, webhook_id: str) -> None:
    """Nothing more is sent to it from the beginning on."""

    async def first(tx: Tx) -> Endpoint:
        await rows.lock(tx, caller, webhook_id)
        found = await find.one(tx, caller, webhook_id)
        if found.state == "enabled":
            await rows.change(tx, caller, webhook_id, state="paused", state_since=doors.clock(), held_by=None)
        return found

    async def portion(tx: Tx) -> int:
        return await rows.remove_deliveries(tx, caller, webhook_id, AT_ONCE)

    endpoint = await doors.db.writer.run(first)
    while await doors.db.writer.run(portion) == AT_ONCE:
        pass

    async def last(tx: Tx) -> None:
        await rows.remove(tx, caller, webhook_id)
        facts: dict[str, Fact] = {"description": endpoint.description}
        await note(tx, caller, "webhook.removed", webhook_id, facts, now=doors.clock())
        tx.after_commit(lambda: doors.bells.ring(BELL_WEBHOOKS, caller.account_id))

    await doors.db.writer.run(last)
