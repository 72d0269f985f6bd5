"""Who is there, who types and who calls: what a session asks about it, and the library's events of it."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from messageapi.engines.linked.addresses import bare
from messageapi.engines.linked.chats import CALL_S, NAMELESS, address, asked, done, look_up
from messageapi.engines.linked.heard.events import at_ms
from messageapi.engines.linked.library.native import Client, GoneError
from messageapi.engines.linked.library.threads import within
from messageapi.engines.linked.people import both, somebody
from messageapi.engines.port import CallEnded, CallOffered, EngineError, PresenceSeen, Seen, Somebody
from messageapi.vocab.clock import now_ms
from messageapi.vocab.jid import Jid
from messageapi.vocab.recent import Recent

_MOST_WATCHED = 5_000
_REMEMBERED_CALLS = 500
_OLD_MS = 60_000  # a call that began longer ago does not ring any more
_PAUSED, _AUDIO = 2, 2
_SEEN = {True: "available", False: "unavailable"}


class Moments:
    """Of one session. `online`: it is to be seen as online, and stays so when it has typed."""

    def __init__(self, live: Callable[[], Client], told_by: Callable[[], Client]) -> None:
        self._live, self._told_by = live, told_by
        self._watched: Recent[str, bool] = Recent(_MOST_WATCHED)
        self._rang: Recent[str, Somebody] = Recent(_REMEMBERED_CALLS)  # callers by the id of their call
        self._owed = False
        self.online = False

    async def set_online(self, *, on: bool) -> None:
        """A device that was just linked does not know its name yet, and is nobody until then: `make_good` goes on."""
        client = self._live()
        self.online, self._owed = on, False
        problem = await asked(lambda: client.presence(_SEEN[on]), CALL_S)
        if NAMELESS in problem:
            self._owed = True
        else:
            done(problem)

    def make_good(self) -> None:
        """Called every few seconds, on a thread: say what could not be said before."""
        if self._owed:
            client, on = self._live(), self.online
            with suppress(TimeoutError, GoneError):
                self._owed = NAMELESS in within(lambda: client.presence(_SEEN[on]), CALL_S)

    async def watch(self, person: str, *, on: bool) -> None:
        """WhatsApp has no word for the end of it: what it still tells is passed over."""
        client, where = self._live(), address(person)
        for each in await _addresses(client, person):
            self._watched.keep(each, on)
        if on:
            done(await asked(lambda: client.watch(where), CALL_S))

    async def reject(self, caller: str, call_id: str) -> None:
        client, who = self._live(), address(caller)
        done(await asked(lambda: client.reject_call(who, call_id), CALL_S))

    # --- called on the library's threads ---

    def presence(self, event: Any) -> PresenceSeen | None:
        person = bare(event.From)
        if not self._watched.get(person):
            return None
        who = somebody(self._told_by(), event.From)
        state: Seen = "offline" if event.Unavailable else "online"
        last = event.LastSeen * 1000 if event.Unavailable and 0 < event.LastSeen <= time.time() else None
        return PresenceSeen(person, who.phone, who.lid, state, now_ms(), last_seen=last)

    def typing(self, event: Any) -> PresenceSeen | None:
        source = event.MessageSource
        person = bare(source.Sender)
        if source.IsFromMe or not self._watched.get(person):
            return None
        who = somebody(self._told_by(), source.Sender, source.SenderAlt)
        return PresenceSeen(person, who.phone, who.lid, _doing(event), now_ms(), chat=bare(source.Chat))

    def call(self, event: Any, *, late: bool) -> CallOffered | None:
        """Said once, in whichever of the two forms it comes."""
        meta = event.basicCallMeta
        if self._rang.get(meta.callID):
            return None
        who, at = _caller(self._told_by(), meta), at_ms(meta.timestamp)
        self._rang.keep(meta.callID, who)
        return CallOffered(
            call_id=meta.callID,
            caller=bare(getattr(meta, "from")),
            phone=who.phone,
            lid=who.lid,
            video=_is_video(event),
            group=getattr(event, "type", "") == "group",
            at=at,
            late=late or now_ms() - at > _OLD_MS,
        )

    def call_over(self, event: Any, reason: str) -> CallEnded:
        meta = event.basicCallMeta
        who = self._rang.get(meta.callID) or _caller(self._told_by(), meta)
        return CallEnded(meta.callID, bare(getattr(meta, "from")), who.phone, who.lid, reason, at_ms(meta.timestamp))


async def _addresses(client: Client, person: str) -> set[str]:
    """Whatever is told of this person comes under either address, so WhatsApp is asked for what we do not know."""
    known = await asked(lambda: both(client, person), CALL_S)
    phone = Jid.parse(person).phone
    if len(known) > 1 or phone is None:
        return known
    (found,) = await look_up(client, [phone])
    if not found.on_whatsapp:
        raise EngineError("not_on_whatsapp", "This person has no WhatsApp account.", permanent=True)
    return known | {found.jid, found.lid} - {""}


def _doing(event: Any) -> Seen:
    if event.State == _PAUSED:
        return "paused"
    return "recording" if event.Media == _AUDIO else "typing"


def _caller(client: Client, meta: Any) -> Somebody:
    return somebody(client, meta.callCreator, meta.callCreatorAlt, getattr(meta, "from"))


def _is_video(event: Any) -> bool:
    if getattr(event, "media", ""):
        return bool(event.media == "video")
    return any(node.Tag == "video" for node in event.data.Nodes)
