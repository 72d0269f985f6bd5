"""An engine host as workers see it: takes commands over the bus, plays a script, repeats events until they are taken.

By default every message is sent, delivered and read. `hold` keeps messages under way, `mute` leaves so many Submits
unanswered, `deaf` loses so many, `refuses` is the code every Submit is refused with, `script` decides on each message.
`breaks` says of which jobs it cannot take. As the real one it sends nothing of a chat of which something went back that
the worker had not seen.
`people` is who is on WhatsApp, for those who ask; `refuses_chats` is the code such questions are refused with.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec

from messageapi.bus import subjects
from messageapi.bus.port import Bus, BusError, Reply, Subscription
from messageapi.engines.batches import EventBatch, Handed, Taken
from messageapi.engines.host.commands.groups import GROUP_VERBS
from messageapi.engines.port import (
    Answer,
    Answers,
    AskOutcomes,
    Command,
    Connected,
    Disconnected,
    Done,
    EngineError,
    EngineEvent,
    Found,
    LookedUp,
    LookUp,
    MarkRead,
    NotSent,
    Outcomes,
    Receipt,
    Refused,
    RejectCall,
    SendJob,
    Sent,
    SetOnline,
    ShowTyping,
    Somebody,
    Submit,
    Submits,
    WatchPresence,
)
from messageapi.engines.scripted_groups import Board, ScriptedGroups
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import words

Script = Callable[[SendJob], Sequence[EngineEvent]]
BATCH = 256
_commands: msgspec.msgpack.Decoder[Command] = msgspec.msgpack.Decoder(Command)
_taken = msgspec.msgpack.Decoder(Taken)


def wa_id_of(job: SendJob) -> str:
    return f"WA{job.message_id[-12:].upper()}{job.attempt}"


def sent(job: SendJob) -> Sent:
    return Sent(job.message_id, job.attempt, wa_id_of(job), now_ms())


def receipt(job: SendJob, kind: str) -> Receipt:
    return Receipt([wa_id_of(job)], kind, job.chat, job.chat, now_ms())  # type: ignore[arg-type]


def all_goes_well(job: SendJob) -> Sequence[EngineEvent]:
    return [sent(job), receipt(job, "delivered"), receipt(job, "read")]


def _behind(job: SendJob) -> NotSent:
    return NotSent(job.message_id, job.attempt, "order_kept", "One before it waits.", False, now_ms())


class Journal:
    """A number's events, numbered from 1, and the jobs it was given. Survives the host, as the real one does."""

    def __init__(self) -> None:
        self.events: list[EngineEvent] = []
        self.taken = 0
        self.jobs: dict[tuple[str, int], str] = {}
        self.waiting: list[SendJob] = []
        self.changed = asyncio.Event()
        self.seen: dict[tuple[str, int], int] = {}
        self._back: dict[str, int] = {}

    def waits(self, job: SendJob) -> bool:
        return self.seen.get((job.message_id, job.attempt), 0) < self._back.get(job.chat, 0)

    def went_back(self, chat: str) -> None:
        """The last event says so of a message of this chat."""
        self._back[chat] = len(self.events)

    def write(self, event: EngineEvent) -> None:
        self.events.append(event)
        self.changed.set()


class ScriptedHost:
    def __init__(self, bus: Bus, host_id: str = "host_1", script: Script = all_goes_well) -> None:
        self.bus, self.id, self.script = bus, host_id, script
        self.journals: dict[str, Journal] = defaultdict(Journal)
        self.epochs: dict[str, int] = {}
        self.submitted: list[SendJob] = []
        self.asked: list[AskOutcomes] = []
        self.hold = False
        self.mute = 0
        self.deaf = 0
        self.refuses = ""
        self.breaks: Callable[[SendJob], bool] = lambda _: False
        self.people: dict[str, Found] = {}
        self.looked_up: list[list[str]] = []
        self.told: list[ShowTyping | MarkRead | SetOnline | WatchPresence | RejectCall] = []
        self.board = Board()
        self.groups = ScriptedGroups(self.board, Somebody("+12025550100", "1@lid"), lambda: None)
        self.refuses_chats = ""
        self.batches_sent = 0
        self._subscription: Subscription | None = None
        self._reporting: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> "ScriptedHost":
        self._subscription = await self.bus.subscribe(subjects.host(self.id), self._on_command)
        return self

    async def stop(self) -> None:
        """As when killed: what was not taken stays in the journals."""
        if self._subscription:
            await self._subscription.stop()
        for task in self._reporting.values():
            while not task.done():  # a cancellation that meets an answer is lost in it
                task.cancel()
                await asyncio.wait({task}, timeout=0.1)
        self._reporting.clear()

    def holds(self, number_id: str, epoch: int) -> None:
        self.epochs[number_id] = epoch
        if number_id not in self._reporting:
            self._reporting[number_id] = asyncio.create_task(self._report(number_id))

    def report(self, number_id: str, *events: EngineEvent) -> None:
        for event in events:
            self.journals[number_id].write(event)

    def play(self, number_id: str) -> None:
        """Send what is held."""
        journal = self.journals[number_id]
        jobs, journal.waiting = journal.waiting, []
        for job in jobs:
            self._send(journal, job)

    def disconnect(self, number_id: str) -> None:
        """The connection is lost: everything not sent comes back, in order."""
        journal = self.journals[number_id]
        jobs, journal.waiting = journal.waiting, []
        self.report(number_id, Disconnected(now_ms(), "network"))
        for job in jobs:
            journal.jobs[job.message_id, job.attempt] = "reported"
            code = "not_connected"
            journal.write(NotSent(job.message_id, job.attempt, code, "The connection was lost.", False, now_ms()))
            journal.went_back(job.chat)

    def connect(self, number_id: str) -> None:
        self.report(number_id, Connected(now_ms(), "12025550100:1@s.whatsapp.net"))

    def texts(self) -> list[str]:
        return [words(job.letter.content) for job in self.submitted]

    async def _on_command(self, _: str, payload: bytes, reply: Reply | None) -> None:
        command = _commands.decode(payload)
        if isinstance(command, Submit | Submits) and self.deaf:
            self.deaf -= 1
            return
        if type(command) in GROUP_VERBS:
            answer: Answer = await self._about_group(command)
        elif isinstance(command, Submits):
            answer = Answers([self._answer(each) for each in command.commands])  # type: ignore[misc]
        else:
            answer = self._answer(command)
        if isinstance(command, Submit | Submits) and self.mute:
            self.mute -= 1
        elif reply:
            await reply(msgspec.msgpack.encode(answer))

    async def _about_group(self, command: Command) -> Answer:
        if self.refuses_chats:
            return Refused(self.refuses_chats, "as told")
        try:
            return await GROUP_VERBS[type(command)](self, command)  # type: ignore[arg-type] # it has `groups`
        except EngineError as problem:
            return Refused(problem.code, problem.detail)

    def _answer(self, command: Command) -> Done | Refused | Outcomes | LookedUp:
        if isinstance(command, Submit | AskOutcomes) and self.epochs.get(command.number_id) != command.epoch:
            return Refused("stale_epoch", "as told")
        match command:
            case Submit() if self.refuses or any(map(self.breaks, command.jobs)):
                return Refused(self.refuses or "engine_failed", "as told")
            case Submit():
                self._take(command)
            case LookUp() | ShowTyping() | MarkRead() | WatchPresence() | RejectCall() if self.refuses_chats:
                return Refused(self.refuses_chats, "as told")
            case LookUp():
                self.looked_up.append(command.phones)
                return LookedUp([self.people.get(phone, Found(phone)) for phone in command.phones])
            case ShowTyping() | MarkRead() | SetOnline() | WatchPresence() | RejectCall():
                self.told.append(command)
            case AskOutcomes():
                self.asked.append(command)
                known = self.journals[command.number_id].jobs
                return Outcomes([known.get(job, "unknown") for job in command.jobs])  # type: ignore[misc]
        return Done()

    def _take(self, command: Submit) -> None:
        journal = self.journals[command.number_id]
        for job in command.jobs:
            assert (job.message_id, job.attempt) not in journal.jobs, "a job was given to a host twice"
            journal.jobs[job.message_id, job.attempt] = "pending"
            journal.seen[job.message_id, job.attempt] = command.seen
            if not journal.waits(job):
                self.submitted.append(job)
            journal.waiting.append(job)
        if not self.hold:
            self.play(command.number_id)

    def _send(self, journal: Journal, job: SendJob) -> None:
        journal.jobs[job.message_id, job.attempt] = "reported"
        for event in [_behind(job)] if journal.waits(job) else self.script(job):
            journal.write(event)
            if isinstance(event, NotSent) and not event.permanent:
                journal.went_back(job.chat)

    async def _report(self, number_id: str) -> None:
        journal = self.journals[number_id]
        while True:
            while journal.taken < len(journal.events):
                await self._hand_over(number_id, journal)
            journal.changed.clear()
            await journal.changed.wait()

    async def _hand_over(self, number_id: str, journal: Journal) -> None:
        events = journal.events[journal.taken : journal.taken + BATCH]
        batch = EventBatch(self.id, number_id, self.epochs[number_id], journal.taken + 1, events)
        self.batches_sent += 1
        try:
            payload = msgspec.msgpack.encode(Handed([msgspec.Raw(msgspec.msgpack.encode(batch))]))
            (last,) = _taken.decode(await self.bus.ask(subjects.inbox(self.id), payload, deadline_s=0.5)).lasts
        except BusError:
            last = None
        if last is None:
            await asyncio.sleep(0.02)
        else:
            journal.taken = last
