"""The transaction of the inbox: events of many numbers, and how far each journal was taken in with them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec

from messageapi import logs
from messageapi.bus.subjects import BELL_FILES, BELL_MESSAGE, BELL_REMOVALS, BELL_ROOM, BELL_SEND
from messageapi.chats import calls
from messageapi.chats.attend import concerns
from messageapi.chats.presence import seen as presence
from messageapi.engines.port import EngineEvent, Inbound, Limited, NotSent, Sent, Unconfirmed
from messageapi.groups import changes
from messageapi.messages.following.events import News, apply
from messageapi.messages.following.ledger import Following
from messageapi.messages.inbound_media.automatic import brings_file
from messageapi.messages.queue import journal, limited
from messageapi.messages.queue.entry import Standing
from messageapi.messages.removals.by_admin import removes
from messageapi.numbers.observe import Observed, observe
from messageapi.settings import Settings
from messageapi.store.db import Tx
from messageapi.store.vault import Sealer
from messageapi.web.doors import Doors

_log = logs.log("inbox")


class Outdated(Exception):
    """The host that reports does not hold the number any more; whoever holds it now reports the same events again."""


class Delivery(msgspec.Struct, frozen=True):
    """Events `first` to `last` of a number's journal; fewer than that when some are left out for good."""

    number_id: str
    account_id: str
    epoch: int
    first: int
    last: int
    events: Sequence[EngineEvent]
    sealer: Sealer


class Intake:
    """`take` is a batch for Writer.join: deliveries of different numbers share a transaction. `attend` is told of what
    came once it is committed.
    """

    def __init__(self, doors: Doors, attend: Callable[[Sequence[Observed]], None]) -> None:
        self._doors, self._attend = doors, attend

    async def take(self, tx: Tx, deliveries: Sequence[Delivery]) -> list[int | Exception]:
        """The last sequence number that is taken in now, for each."""
        standings = await journal.locked(tx, {each.number_id for each in deliveries})
        taken = {number_id: standing.taken_seq for number_id, standing in standings.items()}
        news: list[News] = []
        answers: list[int | Exception] = []
        for delivery in deliveries:
            if _outdated(delivery, standings.get(delivery.number_id)):
                answers.append(Outdated())
                continue
            news.append(_fresh(delivery, taken[delivery.number_id], self._doors.settings.base_url))
            taken[delivery.number_id] = max(taken[delivery.number_id], delivery.last)
            answers.append(taken[delivery.number_id])
        await self._apply(tx, news, standings)
        await journal.remember(tx, {each.number_id: taken[each.number_id] for each in news})
        return answers

    async def _apply(self, tx: Tx, news: Sequence[News], standings: Mapping[str, Standing]) -> None:
        doors, now = self._doors, self._doors.clock()
        changed = await apply(tx, now, doors.settings.body_hours, news, _following(doors.settings))
        seen = [Observed(each.number_id, each.account_id, event) for each in news for event in each.events]
        await observe(doors, tx, now, seen)
        for take_in in (changes.take_in, calls.take_in, presence.take_in):
            await take_in(doors, tx, now, seen)
        alone = [item for item in seen if _asks_for_it(item, standings[item.number_id])]
        tx.after_commit(lambda: self._attend(alone))
        flowing = await limited.welcome(tx, standings, changed, now)
        for each in news:
            if any(isinstance(event, Limited) for event in each.events):
                await limited.look_anew(tx, each.number_id)
                flowing.add(each.number_id)
        gone = {each.number_id for each in news if any(isinstance(event, Sent | Unconfirmed) for event in each.events)}
        back = {each.number_id for each in news if any(isinstance(event, NotSent) for event in each.events)}
        tx.after_commit(lambda: self._ring(changed, gone - back, back | flowing))
        for bell, concerned in ((BELL_FILES, brings_file), (BELL_REMOVALS, removes)):
            tx.after_commit(partial(self._ring_for, bell, _with(news, concerned)))

    def _ring(self, message_ids: Sequence[str], gone: set[str], back: set[str]) -> None:
        """`back`: numbers of which a message waits again, or is not held back any more."""
        for message_id in message_ids:
            self._doors.bells.ring(BELL_MESSAGE, message_id)
        for number_id in gone:
            self._doors.bells.ring(BELL_ROOM, number_id)
        for number_id in back:
            self._doors.bells.ring(BELL_SEND, number_id)

    def _ring_for(self, bell: str, number_ids: set[str]) -> None:
        for number_id in number_ids:
            self._doors.bells.ring(bell, number_id)


def _with(news: Sequence[News], concerned: Callable[[EngineEvent], bool]) -> set[str]:
    """The numbers that such an event came for."""
    return {each.number_id for each in news if any(concerned(event) for event in each.events)}


def _asks_for_it(item: Observed, standing: Standing) -> bool:
    """Something its number may answer by itself. Messages are many, so most are left out."""
    return concerns(item.event) and (standing.auto_read or not isinstance(item.event, Inbound))


def _following(settings: Settings) -> Following:
    return Following(settings.retry_minutes * 60_000, settings.poll_hours)


def _outdated(delivery: Delivery, standing: Standing | None) -> bool:
    return standing is None or standing.epoch != delivery.epoch


def _fresh(delivery: Delivery, taken: int, base_url: str) -> News:
    """What of the delivery was not taken in before."""
    if (
        taken and delivery.first > taken + 1
    ):  # the number's folder was restored or lost: the host counts on from elsewhere
        _log.warning("a journal goes on elsewhere", number=delivery.number_id, after=taken, first=delivery.first)
    events = delivery.events[max(0, taken + 1 - delivery.first) :]
    return News(delivery.number_id, delivery.account_id, delivery.sealer, events, base_url)
