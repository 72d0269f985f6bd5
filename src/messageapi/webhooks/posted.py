"""What a delivery brings: its event as it is posted, for whoever looks into why a receiver refuses it."""

from messageapi.store.outbox import outbox_payload
from messageapi.store.tx import Tx
from messageapi.store.vault import SealError
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.webhooks import find


async def posted(doors: Doors, caller: Caller, webhook_id: str, event_id: str) -> bytes | None:
    """The JSON byte for byte; None when it is not kept any more. Raise Problem delivery_not_found."""

    async def work(tx: Tx) -> bytes | None:
        delivery = await find.delivery(tx, caller, webhook_id, event_id)
        if delivery.expires_at <= doors.clock():
            return None
        return await find.sealed_event(tx, caller, event_id)

    sealed = await doors.db.read(work)
    if sealed is None:
        return None
    try:
        return outbox_payload(await doors.keyring.sealer(caller.account_id), event_id, sealed)
    except SealError:
        return None
