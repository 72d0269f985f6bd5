"""Opens events for those who listen: each once, however many they are."""

from collections.abc import Iterable

from messageapi.live.find import Row
from messageapi.live.listener import Event
from messageapi.logs import log
from messageapi.store.outbox import outbox_payload
from messageapi.store.vault import SealError
from messageapi.web.doors import Doors

_log = log("live")


async def opened(doors: Doors, account_id: str, rows: Iterable[Row]) -> list[Event]:
    """An event that does not open is passed over: it will not open the next time either."""
    sealer = await doors.keyring.sealer(account_id)
    events = []
    for row in rows:
        try:
            payload = outbox_payload(sealer, row.id, row.sealed)
        except SealError:
            _log.warning("an event does not open", event_id=row.id)
            continue
        events.append(Event(row.seq, row.id, row.number_id, row.type, payload))
    return events
