"""What a number does by itself when something comes, as its owner set it: mark as read, turn calls away, be online,
watch those it watches. All of it is of the moment: what cannot be done now is not made up for.
"""

from collections.abc import Sequence

from messageapi.chats.presence import rows
from messageapi.engines.port import (
    CallOffered,
    Connected,
    EngineEvent,
    Inbound,
    MarkRead,
    RejectCall,
    SetOnline,
    WatchPresence,
)
from messageapi.numbers.asking.held import Held, do
from messageapi.web.doors import Doors

WATCH_S = 28.0
_NO_MESSAGES = frozenset({"reaction", "edit", "revoke", "poll_vote"})


def concerns(event: EngineEvent) -> bool:
    """Something a number may answer by itself."""
    if isinstance(event, Inbound):
        return not event.from_me and event.message_type not in _NO_MESSAGES
    return isinstance(event, Connected) or (isinstance(event, CallOffered) and not event.late)


async def attend(doors: Doors, held: Held, events: Sequence[EngineEvent]) -> None:
    """To events of one number for which `concerns` is true."""
    number, epoch = held.number, held.epoch
    for event in events:
        if isinstance(event, CallOffered) and number.reject_calls:
            await do(doors, held, RejectCall(number.id, epoch, event.caller, event.call_id))
    if any(isinstance(event, Connected) for event in events):
        await _come_back(doors, held)
    if number.auto_read:
        for (chat, sender), wa_ids in _by_writer(events).items():
            await do(doors, held, MarkRead(number.id, epoch, chat, sender, wa_ids))


async def _come_back(doors: Doors, held: Held) -> None:
    """WhatsApp forgets both with the connection."""
    number_id = held.number.id
    if held.number.shows_online:
        await do(doors, held, SetOnline(number_id, held.epoch, True))
    for watch in await doors.db.read(lambda tx: rows.of_number(tx, number_id)):
        await do(doors, held, WatchPresence(number_id, held.epoch, watch.address), WATCH_S)


def _by_writer(events: Sequence[EngineEvent]) -> dict[tuple[str, str], list[str]]:
    """A read mark goes to one writer."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for event in events:
        if isinstance(event, Inbound):
            grouped.setdefault((event.chat, event.sender), []).append(event.wa_id)
    return grouped
