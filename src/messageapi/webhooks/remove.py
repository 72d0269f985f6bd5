"""Delete an endpoint with all its deliveries, in portions so that nobody waits long for the database."""

from messageapi.audit.note import Fact, note
from messageapi.bus.subjects import BELL_WEBHOOKS
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.webhooks import find, rows
from messageapi.webhooks.edit import pause

AT_ONCE = 1_000


async def remove(doors: Doors, caller: Caller, webhook_id: str) -> None:
    """Nothing more is sent to it from the beginning on."""
    async with doors.db.reading() as tx:
        endpoint = await find.one(tx, caller, webhook_id)
    if endpoint.state == "enabled":
        await pause(doors, caller, webhook_id)

    async def portion(tx: Tx) -> int:
        return await rows.remove_deliveries(tx, caller, webhook_id, AT_ONCE)

    while await doors.db.writer.run(portion) == AT_ONCE:
        pass

    async def last(tx: Tx) -> None:
        await rows.remove(tx, caller, webhook_id)
        facts: dict[str, Fact] = {"description": endpoint.description}
        await note(tx, caller, "webhook.removed", webhook_id, facts, now=doors.clock())
        tx.after_commit(lambda: doors.bells.ring(BELL_WEBHOOKS, caller.account_id))

    await doors.db.writer.run(last)
