"""A live linked device: sends on the caller's thread, takes the library's events on theirs."""

import threading
from pathlib import Path
from typing import Any

from messageapi.engines.contract import Named, Sink
from messageapi.engines.linked import chats, convert, store
from messageapi.engines.linked.beside import readers
from messageapi.engines.linked.content.letters import message
from messageapi.engines.linked.content.writing import Writing
from messageapi.engines.linked.files import downloads
from messageapi.engines.linked.files.uploads import Fetch, Uploads
from messageapi.engines.linked.groups.commands import Groups
from messageapi.engines.linked.heard import events
from messageapi.engines.linked.heard.connection import Connection
from messageapi.engines.linked.heard.evidence import Evidence, Proof
from messageapi.engines.linked.library.native import Client, GoneError
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.linked.library.threads import on_thread
from messageapi.engines.linked.moments import Moments
from messageapi.engines.linked.refusals import MESSAGE_REJECTED, engine_error
from messageapi.engines.port import Alive, EngineError, EngineEvent, Found, SendJob, Sent, Typing
from messageapi.logs import log
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import Media

STOP_S = 60.0  # a stop waits for a dial that is under way; after this the process can no longer be trusted
_LOGOUT_S = 15.0
ALIVE_EVERY_MS = 15_000


class LinkedSession:
    """Made before its client, which needs the callbacks; `use` completes it."""

    def __init__(self, folder: Path, sink: Sink, proof: Proof, fetch: Fetch) -> None:
        self._folder, self._sink, self._proof = folder, sink, proof
        self._connection = Connection()
        self._client: Client | None = None
        self._uploads = Uploads(fetch)
        self._closing = threading.Event()
        self._told_alive = 0
        self._moments = Moments(self._live, self._told_by)
        self._beside = readers(self._told_by, self._connection, self._moments)
        self.groups = Groups(self._live, lambda: self._connection.me)
        self.evidence = Evidence(sink)

    def use(self, client: Client) -> None:
        self._client = client

    @property
    def connected(self) -> bool:
        return self._connection.up and self.open

    @property
    def open(self) -> bool:
        return not self._closing.is_set()

    @property
    def names_first(self) -> bool:
        return self._proof.holds

    def send(self, job: SendJob, named: Named) -> Sent:
        client = self._live()
        made = self._made(client, job)
        if job.letter.typing_ms and not chats.seem_human(client, job, self._closing, stays=self._moments.online):
            raise _closed()
        try:
            wa_id = self._handed_over(client, job, made, named)
        except EngineError as problem:
            if problem.permanent:
                self._doubt_file(job)
            if problem.code != MESSAGE_REJECTED:
                raise
            wa_id = self._handed_over(client, job, self._made(client, job), named)
        return Sent(job.message_id, job.attempt, wa_id, now_ms())

    def _handed_over(self, client: Client, job: SendJob, made: bytes, named: Named) -> str:
        """The message's id."""
        proved = self._proof.holds
        self.evidence.sending(named)
        try:
            data = client.send(chats.address(job.chat), made)
        except GoneError:
            raise _closed() from None
        finally:
            self.evidence.sent()
        answer = wire.SendMessageReturnFunction.FromString(data)
        if answer.Error:
            raise engine_error(answer.Error, named=bool(self.evidence.wa_id), names_first=proved, chat=job.chat)
        wa_id: str = answer.SendResponse.ID
        self._proof.compare(self.evidence.wa_id, wa_id)
        return wa_id

    async def show_typing(self, chat: str, kind: Typing, *, on: bool) -> None:
        await chats.show_typing(self._live(), chat, kind, on=on, stays=self._moments.online)

    async def mark_read(self, chat: str, sender: str, wa_ids: list[str]) -> None:
        await chats.mark_read(self._live(), chat, sender, wa_ids)

    async def look_up(self, phones: list[str]) -> list[Found]:
        return await chats.look_up(self._live(), phones)

    async def set_online(self, *, on: bool) -> None:
        await self._moments.set_online(on=on)

    async def watch(self, person: str, *, on: bool) -> None:
        await self._moments.watch(person, on=on)

    async def reject_call(self, caller: str, call_id: str) -> None:
        await self._moments.reject(caller, call_id)

    async def download(self, media: Media) -> bytes:
        return await downloads.download(self._live(), media)

    async def close(self) -> None:
        """Raise TimeoutError when the library does not let go."""
        if self._client is None or not self.open:
            return
        self._closing.set()
        await on_thread(self._client.stop, STOP_S)

    async def unlink(self) -> None:
        client = self._live()
        try:
            problem = await on_thread(client.log_out, _LOGOUT_S)
        except TimeoutError:
            problem = "no answer"
        if problem:
            raise EngineError("not_unlinked", "WhatsApp did not confirm the logout.", permanent=False)
        await self.close()
        store.forget(self._folder)

    # --- called on the library's threads: write down first, nothing before that ---

    def take(self, code: int, data: bytes) -> None:
        try:
            event = self._event(code, data)
            if event is not None:
                self._sink(event)
        except Exception as problem:  # noqa: BLE001 - raised here it would be printed with what it holds
            log("linked").error("event_lost", code=code, problem=type(problem).__name__)

    def lost(self, code: str) -> None:
        """The library gave this client up."""
        event = self._connection.lost(code)
        if event is not None and self.open:
            self._sink(event)

    def tell_alive(self) -> None:
        """Called every few seconds. Whatever was received is evidence, a keepalive's answer as well."""
        at = self.evidence.last_received
        if self.connected and at > self._told_alive and now_ms() - self._told_alive >= ALIVE_EVERY_MS:
            self._told_alive = at
            self._sink(Alive(at))
        if self.connected:
            self._moments.make_good()

    def _live(self) -> Client:
        if self._client is None or not self.open:
            raise _closed()
        return self._client

    def _told_by(self) -> Client:
        """Of what the library tells, also while the session closes: it is not told again."""
        if self._client is None:
            raise _closed()
        return self._client

    def _made(self, client: Client, job: SendJob) -> bytes:
        """Files are uploaded here."""
        chats.address(job.chat)
        writing = Writing(job.chat, self._connection.me, lambda media, kind: self._uploads.put(client, media, kind))
        try:
            made: bytes = message(job.letter, writing).SerializeToString()
        except (ValueError, TypeError) as problem:
            log("linked").error("letter_not_built", problem=type(problem).__name__)
            raise EngineError("bad_content", "This message cannot be put in WhatsApp's form.", permanent=True) from None
        return made

    def _doubt_file(self, job: SendJob) -> None:
        media: Any = getattr(job.letter.content, "media", None)
        if media:
            self._uploads.forget(media)

    def _event(self, code: int, data: bytes) -> EngineEvent | None:
        event = events.parsed(code, data)
        if code == events.MESSAGE:
            return convert.inbound(event, self._connection.me, late=self._connection.late)
        if code == events.RECEIPT:
            return convert.receipt(event)
        if code == events.UNDECRYPTABLE:
            return convert.undecryptable(event, late=self._connection.late)
        if code in self._beside:
            return self._beside[code](event)
        return self._connection.take(code, event)


def _closed() -> EngineError:
    return EngineError("not_connected", "The session is closed.", permanent=False)
