"""What a host can be told: every command, and the verb that carries it out."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from messageapi.bus.port import Reply
from messageapi.engines.contract import Session
from messageapi.engines.host.commands.downloads import Downloads
from messageapi.engines.host.commands.groups import GROUP_VERBS
from messageapi.engines.host.journal.file import JournalError
from messageapi.engines.host.pairing import Pairing
from messageapi.engines.host.sessions import RefusedError, Sessions
from messageapi.engines.port import (
    Answer,
    Answers,
    AskOutcomes,
    CloseSession,
    Command,
    Done,
    Download,
    EngineError,
    LookedUp,
    LookUp,
    MarkRead,
    OpenSession,
    Outcomes,
    Refused,
    RejectCall,
    SetOnline,
    ShowTyping,
    StartPairing,
    StopHost,
    Submit,
    Submits,
    UnlinkSession,
    WatchPresence,
)
from messageapi.logs import log

Verb = Callable[[Any], Awaitable[Answer]]

_commands: msgspec.msgpack.Decoder[Command] = msgspec.msgpack.Decoder(Command)
_encoder = msgspec.msgpack.Encoder()


class Commands:
    """The dispatch table of one host. `stopping` refuses everything but the end."""

    def __init__(
        self, sessions: Sessions, pairing: Pairing | None, downloads: Downloads, stop: Callable[[], None]
    ) -> None:
        self._sessions, self._downloads, self._stop = sessions, downloads, stop
        self.stopping = False
        self._verbs: dict[type, Verb] = {StopHost: self._end}
        if pairing:
            self._verbs[StartPairing] = pairing.start
        else:
            self._verbs |= {
                OpenSession: self._open,
                CloseSession: self._close,
                UnlinkSession: self._unlink,
                Submit: self._submit,
                ShowTyping: self._show_typing,
                MarkRead: self._mark_read,
                LookUp: self._look_up,
                SetOnline: self._set_online,
                WatchPresence: self._watch,
                RejectCall: self._reject_call,
                Download: self._download,
                Submits: self._submit_all,
                AskOutcomes: self._ask,
                **dict.fromkeys(GROUP_VERBS, self._about_group),
            }

    async def handle(self, _subject: str, payload: bytes, reply: Reply | None) -> None:
        """A bus handler."""
        answer = await self._answer(payload)
        if reply is not None:
            await reply(_encoder.encode(answer))

    async def _answer(self, payload: bytes) -> Answer:
        try:
            command = _commands.decode(payload)
        except msgspec.DecodeError:
            return Refused("engine_failed", "The command could not be read.")
        return await self._answered(command)

    async def _answered(self, command: Command) -> Answer:
        try:
            return await self._carried_out(command)
        except RefusedError as refused:
            return refused.answer
        except EngineError as problem:
            return Refused(problem.code, problem.detail)
        except JournalError as problem:
            return Refused("engine_failed", f"{str(problem).capitalize()}.")
        except Exception as problem:  # noqa: BLE001 - a command that fails must still be answered
            log("engine-host").error("command_failed", problem=type(problem).__name__)
            return Refused("engine_failed", "The command failed inside the host.")

    async def _carried_out(self, command: Command) -> Answer:
        verb = self._verbs.get(type(command))
        if verb is None:
            raise RefusedError("engine_failed", "This kind of host does not take this command.")
        if self.stopping:
            raise RefusedError("stopping", "This host is about to end.")
        return await verb(command)

    async def _open(self, command: OpenSession) -> Answer:
        async with self._sessions.in_order(command.spec.number_id):
            await self._sessions.open(command.spec)
        return Done()

    async def _close(self, command: CloseSession) -> Answer:
        async with self._sessions.in_order(command.number_id):
            await self._sessions.close(command.number_id, command.epoch)
        return Done()

    async def _unlink(self, command: UnlinkSession) -> Answer:
        async with self._sessions.in_order(command.number_id):
            await self._sessions.unlink(command.number_id, command.epoch)
        return Done()

    async def _submit(self, command: Submit) -> Answer:
        async with self._sessions.in_order(command.number_id):
            held = self._sessions.held(command.number_id, command.epoch)
            if held.ledger.too_late((job.message_id, job.attempt) for job in command.jobs):
                raise RefusedError("too_late", "These messages were given out anew meanwhile.")
            try:
                held.submit(command.jobs, command.deadline_ms / 1000, command.seen)
            except JournalError as problem:
                raise RefusedError("not_written", f"{str(problem).capitalize()}.") from problem
        return Done()

    # Asked of WhatsApp, which may take seconds: not in order with the rest.

    async def _show_typing(self, command: ShowTyping) -> Answer:
        await self._session(command.number_id, command.epoch).show_typing(command.chat, command.kind, on=command.on)
        return Done()

    async def _mark_read(self, command: MarkRead) -> Answer:
        await self._session(command.number_id, command.epoch).mark_read(command.chat, command.sender, command.wa_ids)
        return Done()

    async def _look_up(self, command: LookUp) -> Answer:
        return LookedUp(await self._session(command.number_id, command.epoch).look_up(command.phones))

    async def _download(self, command: Download) -> Answer:
        return await self._downloads.fetch(self._session(command.number_id, command.epoch), command.media)

    async def _set_online(self, command: SetOnline) -> Answer:
        await self._session(command.number_id, command.epoch).set_online(on=command.on)
        return Done()

    async def _watch(self, command: WatchPresence) -> Answer:
        await self._session(command.number_id, command.epoch).watch(command.person, on=command.on)
        return Done()

    async def _reject_call(self, command: RejectCall) -> Answer:
        await self._session(command.number_id, command.epoch).reject_call(command.caller, command.call_id)
        return Done()

    async def _about_group(self, command: Any) -> Answer:
        return await GROUP_VERBS[type(command)](self._session(command.number_id, command.epoch), command)

    def _session(self, number_id: str, epoch: int) -> Session:
        session = self._sessions.held(number_id, epoch).keeper.session
        if session is None or not session.connected:
            raise RefusedError("not_connected", "The number is not connected to WhatsApp.")
        return session

    async def _submit_all(self, command: Submits) -> Answer:
        """One number's trouble is not another's."""
        given = [await self._answered(each) for each in command.commands]
        return Answers([answer if isinstance(answer, Refused) else Done() for answer in given])

    async def _ask(self, command: AskOutcomes) -> Answer:
        async with self._sessions.in_order(command.number_id):
            ledger = self._sessions.held(command.number_id, command.epoch).ledger
            states = ledger.states(command.jobs)
            ledger.tell_again(command.jobs)
            if command.final:
                ledger.refuse(command.jobs)
        return Outcomes(states)

    async def _end(self, _command: StopHost) -> Answer:
        self._stop()
        return Done()
