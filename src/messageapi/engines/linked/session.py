"""A live linked device: sends on the caller's thread, takes the library's events on theirs."""

from pathlib import Path

from messageapi.engines.linked import addresses, convert, events, store
from messageapi.engines.linked.connection import Connection
from messageapi.engines.linked.evidence import Evidence, Proof
from messageapi.engines.linked.native import Client
from messageapi.engines.linked.protos import content, wire
from messageapi.engines.linked.refusals import engine_error
from messageapi.engines.linked.threads import on_thread
from messageapi.engines.port import Alive, EngineError, EngineEvent, Named, SendJob, Sent, Sink
from messageapi.logs import log
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import words

STOP_S = 60.0  # a stop waits for a dial that is under way; after this the process can no longer be trusted
_LOGOUT_S = 15.0
ALIVE_EVERY_MS = 15_000


class LinkedSession:
    """Made before its client, which needs the callbacks; `use` completes it."""

    def __init__(self, folder: Path, sink: Sink, proof: Proof) -> None:
        self._folder, self._sink, self._proof = folder, sink, proof
        self._connection = Connection()
        self._client: Client | None = None
        self._closed = False
        self._told_alive = 0
        self.evidence = Evidence()

    def use(self, client: Client) -> None:
        self._client = client

    @property
    def connected(self) -> bool:
        return self._connection.up and not self._closed

    @property
    def open(self) -> bool:
        return not self._closed

    @property
    def names_first(self) -> bool:
        return self._proof.holds

    def send(self, job: SendJob, named: Named) -> Sent:
        client = self._client
        if client is None or self._closed:
            raise EngineError("not_connected", "The session is closed.", permanent=False)
        try:
            chat = addresses.to_bytes(job.chat)
        except ValueError:
            raise EngineError("bad_recipient", "The recipient is not a WhatsApp address.", permanent=True) from None
        proved = self._proof.holds
        self.evidence.sending(named)
        try:
            data = client.send(chat, content.Message(conversation=words(job.letter.content)).SerializeToString())
        finally:
            self.evidence.sent()
        answer = wire.SendMessageReturnFunction.FromString(data)
        if answer.Error:
            raise engine_error(answer.Error, named=bool(self.evidence.wa_id), names_first=proved)
        self._proof.compare(self.evidence.wa_id, answer.SendResponse.ID)
        return Sent(job.message_id, job.attempt, answer.SendResponse.ID, now_ms())

    async def close(self) -> None:
        """Raise TimeoutError when the library does not let go."""
        if self._closed or self._client is None:
            return
        self._closed = True
        await on_thread(self._client.stop, STOP_S)

    async def unlink(self) -> None:
        if self._client is None:
            raise EngineError("not_connected", "The session is closed.", permanent=False)
        try:
            problem = await on_thread(self._client.log_out, _LOGOUT_S)
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
        if event is not None and not self._closed:
            self._sink(event)

    def tell_alive(self) -> None:
        """Called every few seconds. Whatever was received is evidence, a keepalive's answer as well."""
        at = self.evidence.last_received
        if self.connected and at > self._told_alive and now_ms() - self._told_alive >= ALIVE_EVERY_MS:
            self._told_alive = at
            self._sink(Alive(at))

    def _event(self, code: int, data: bytes) -> EngineEvent | None:
        event = events.parsed(code, data)
        if code == events.MESSAGE:
            return convert.inbound(event, late=self._connection.late)
        if code == events.RECEIPT:
            return convert.receipt(event)
        if code == events.UNDECRYPTABLE:
            return convert.undecryptable(event)
        return self._connection.take(code, event)
