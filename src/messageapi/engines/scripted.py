"""The twin of a protocol engine for tests: the same contract, outcomes by script, nothing outside the process.

A test that holds the engine drives its sessions directly; one that only holds a host process writes what should happen
to a message into its text (`script: hang`).
"""

import asyncio
import itertools
import threading
from collections import deque
from collections.abc import Callable

from messageapi.engines.contract import Named, Sink
from messageapi.engines.port import (
    Capabilities,
    Connected,
    Disconnected,
    Ended,
    EngineError,
    EngineEvent,
    Found,
    Inbound,
    Linked,
    PairingCode,
    PairingEvent,
    PairingFailed,
    Qr,
    Receipt,
    SendJob,
    Sent,
    SessionSpec,
    Somebody,
    Typing,
)
from messageapi.engines.scripted_groups import Board, ScriptedGroups
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import Letter, Media, Text, words

DIRECTIVE = "script: "


def refuse(code: str = "new_contact_limited") -> EngineError:
    return EngineError(code, "WhatsApp refused the message.", permanent=True)


def lose(code: str = "timed_out") -> EngineError:
    """It may have left; nobody knows."""
    return EngineError(code, "No answer came.", permanent=False, left=True)


def fail(code: str = "not_connected") -> EngineError:
    return EngineError(code, "It did not leave.", permanent=False)


HANG = object()
"""Block until the session is closed."""

_DIRECTIVES: dict[str, Callable[[], object]] = {"hang": lambda: HANG, "refuse": refuse, "lose": lose, "fail": fail}


class ScriptedSession:
    """Sends succeed unless the script says otherwise. `sent` is what the other side received, in order."""

    def __init__(self, engine: "ScriptedEngine", spec: SessionSpec, sink: Sink) -> None:
        self._engine, self.spec, self.sink = engine, spec, sink
        self._closed = threading.Event()
        self.script: deque[object] = engine.scripts.setdefault(spec.number_id, deque())
        self.sent: list[SendJob] = engine.sent.setdefault(spec.number_id, [])
        self.connected = False
        self.names_first = True
        self.on_close: Callable[[], object] = lambda: None
        self.shown: list[tuple[str, str, bool]] = []  # chat, kind, on
        self.read: list[tuple[str, str, list[str]]] = []  # chat, sender, ids
        self.online: list[bool] = []
        self.watched: list[tuple[str, bool]] = []
        self.rejected: list[tuple[str, str]] = []  # caller, call id
        me = Somebody("+4915100000001", "1@lid")
        self.groups = ScriptedGroups(engine.groups, me, self._must_be_connected)

    def send(self, job: SendJob, named: Named) -> Sent:
        if not self.connected:
            raise fail()
        what = self._next_for(job)
        if isinstance(what, EngineError) and not what.left:
            raise what
        wa_id = self._engine.new_wa_id()
        named(wa_id)
        if what is HANG:
            self._engine.hanging.set()
            self._closed.wait()
            raise lose("disconnected")
        if callable(what):
            what(job)
        self.sent.append(job)
        if isinstance(what, EngineError):
            raise what
        return Sent(job.message_id, job.attempt, wa_id, now_ms())

    def _next_for(self, job: SendJob) -> object:
        text = words(job.letter.content)
        if text.startswith(DIRECTIVE):
            return _DIRECTIVES[text.removeprefix(DIRECTIVE)]()
        return self.script.popleft() if self.script else None

    async def show_typing(self, chat: str, kind: Typing, *, on: bool) -> None:
        self._must_be_connected()
        self.shown.append((chat, kind, on))

    async def mark_read(self, chat: str, sender: str, wa_ids: list[str]) -> None:
        self._must_be_connected()
        self.read.append((chat, sender, wa_ids))

    async def set_online(self, *, on: bool) -> None:
        self._must_be_connected()
        self.online.append(on)

    async def watch(self, person: str, *, on: bool) -> None:
        self._must_be_connected()
        self.watched.append((person, on))

    async def reject_call(self, caller: str, call_id: str) -> None:
        self._must_be_connected()
        self.rejected.append((caller, call_id))

    async def look_up(self, phones: list[str]) -> list[Found]:
        """Everybody is on WhatsApp but who `engine.strangers` names."""
        self._must_be_connected()
        return [self._engine.person(phone) for phone in phones]

    async def download(self, media: Media) -> bytes:
        """What `engine.files` has under the file's path."""
        self._must_be_connected()
        path = media.remote.path if media.remote else ""
        self._engine.fetched.append(path)
        file = self._engine.files.get(path)
        if isinstance(file, bytes):
            return file
        raise file or EngineError("media_gone", "The file is gone.", permanent=True)

    def _must_be_connected(self) -> None:
        if not self.connected:
            raise fail()

    async def close(self) -> None:
        self.connected = False
        self._closed.set()
        self.on_close()

    async def unlink(self) -> None:
        self._engine.unlinked.append(self.spec.number_id)
        await self.close()

    # --- what the other side does ---

    def report(self, event: EngineEvent) -> None:
        """From a thread of its own, as an engine's events come."""
        thread = threading.Thread(target=self.sink, args=(event,))
        thread.start()
        thread.join()

    def come_up(self) -> None:
        self.connected = True
        self.report(Connected(now_ms(), self.spec.jid or "4915100000001:2@s.whatsapp.net", "1:2@lid", "Scripted"))

    def drop(self, code: str = "network") -> None:
        self.connected = False
        self.report(Disconnected(now_ms(), code))

    def end(self, event: Ended) -> None:
        self.connected = False
        self.report(event)

    def receive(self, text: str, *, wa_id: str = "IN1", chat: str = "7@lid") -> None:
        phone = "+4915100000007"
        self.report(Inbound(wa_id, chat, chat, phone, chat, "Somebody", "text", Letter(content=Text(text)), now_ms()))

    def receipt(self, wa_ids: list[str], kind: str, chat: str = "7@lid") -> None:
        self.report(Receipt(wa_ids, kind, chat, chat, now_ms()))  # type: ignore[arg-type] # one of the kinds


class ScriptedEngine:
    """`failures[number]` are raised by the next opens of that number; `pairings[number]` is what linking reports."""

    def __init__(self) -> None:
        self.capabilities = Capabilities(takes_message_id=False, shows_passkey_requests=True)
        self.sessions: dict[str, ScriptedSession] = {}
        self.scripts: dict[str, deque[object]] = {}
        self.sent: dict[str, list[SendJob]] = {}
        self.failures: dict[str, deque[EngineError]] = {}
        self.pairings: dict[str, list[PairingEvent]] = {}
        self.unlinked: list[str] = []
        self.strangers: set[str] = set()
        self.groups = Board()
        self.people: dict[str, Found] = {}  # whom WhatsApp knows by another number or by both addresses
        self.files: dict[str, bytes | EngineError] = {}  # by path; others are gone at WhatsApp
        self.fetched: list[str] = []
        self.folders: dict[str, str] = {}
        self.opened = 0
        self.hanging = threading.Event()  # some send has begun to hang
        self.connects = True
        self._numbers = itertools.count(1)

    def new_wa_id(self) -> str:
        return f"SCRIPTED{next(self._numbers):06}"

    def person(self, phone: str) -> Found:
        if phone in self.strangers:
            return Found(phone)
        return self.people.get(phone) or Found(phone, f"{phone.removeprefix('+')}@s.whatsapp.net", on_whatsapp=True)

    async def open(self, spec: SessionSpec, folder: str, sink: Sink) -> ScriptedSession:
        if waiting := self.failures.get(spec.number_id):
            raise waiting.popleft()
        self.opened += 1
        self.folders[spec.number_id] = folder
        session = self.sessions[spec.number_id] = ScriptedSession(self, spec, sink)
        if self.connects:
            session.come_up()
        return session

    async def pair(self, spec: SessionSpec, folder: str, phone: str, report: Callable[[PairingEvent], None]) -> None:
        self.folders[spec.number_id] = folder
        for event in self.pairings.get(spec.number_id) or _linking(phone):
            report(event)
            if isinstance(event, Linked | PairingFailed):
                return
        await asyncio.Event().wait()


def _linking(phone: str) -> list[PairingEvent]:
    soon = now_ms() + 60_000
    shown: PairingEvent = PairingCode("SCRI-PTED", soon) if phone else Qr("scripted,qr", soon)
    return [shown, Linked("4915100000001:2@s.whatsapp.net", "1:2@lid", "Scripted")]
