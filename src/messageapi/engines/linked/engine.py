"""The linked-device engine: opens and links sessions on neonize's native library.

Evidence of life is every stanza received, the answers to the library's own keepalive (every 20 to 30 s) included.
"""

import asyncio
import itertools
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from messageapi.engines.contract import Sink
from messageapi.engines.linked import addresses, store
from messageapi.engines.linked.files.uploads import Fetch
from messageapi.engines.linked.heard import events
from messageapi.engines.linked.heard.evidence import Proof
from messageapi.engines.linked.library.native import Client, Library, LibraryUnusableError, Listener, Opening
from messageapi.engines.linked.library.protos import companion
from messageapi.engines.linked.library.threads import on_thread
from messageapi.engines.linked.pairing import link
from messageapi.engines.linked.session import LinkedSession
from messageapi.engines.linked.trust import TrustError, replace_root_key
from messageapi.engines.port import Capabilities, EngineError, Network, PairingEvent, SessionSpec
from messageapi.logs import log

_DIAL_S = 45.0
_STOP_S = 60.0
_LOOK_S = 15.0
_ALIVE_LOOK_S = 5.0
_DEVICE = companion.DeviceProps(os="MessageAPI", platformType=companion.DeviceProps.CHROME).SerializeToString()


class SandboxUnusableError(Exception):
    """In one sentence, with what to do."""


class _Addresses(msgspec.Struct):
    """What we need of the sandbox's own sandbox.json."""

    front: str


class LinkedEngine:
    """One a process. `sandbox` is the folder the sandbox network publishes its addresses and root key in.
    `fetch` brings the files of messages.
    """

    capabilities = Capabilities(takes_message_id=False, shows_passkey_requests=True)

    def __init__(self, network: Network, sandbox: str, fetch: Fetch) -> None:
        self._fetch = fetch
        self._library = Library()
        self._sandbox = Path(sandbox) if network == "sandbox" else None
        self._proof = Proof()
        self._names = itertools.count(1)
        self._sessions: frozenset[LinkedSession] = frozenset()
        if self._sandbox:
            _trust_sandbox(network, self._sandbox)
        threading.Thread(target=self._look_for_life, daemon=True, name="alive").start()

    async def open(self, spec: SessionSpec, folder: str, sink: Sink) -> LinkedSession:
        path = Path(folder)
        await _look_for_device(path, spec.jid)
        session = LinkedSession(path, sink, self._proof, self._fetch)
        started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        client = self._client(path, addresses.to_bytes(spec.jid), _listener(session, started))
        session.use(client)
        try:
            await on_thread(client.start, _LOOK_S)
            problem = await asyncio.wait_for(started, _DIAL_S)
        except TimeoutError:
            problem = "no answer"
        if problem:
            await on_thread(client.stop, _STOP_S)
            raise EngineError("network", "WhatsApp cannot be reached.", permanent=False)
        self._sessions = frozenset(one for one in self._sessions if one.open) | {session}
        return session

    async def pair(self, spec: SessionSpec, folder: str, phone: str, report: Callable[[PairingEvent], None]) -> None:
        path = Path(folder)
        log("linked").info("linking", number=spec.number_id)
        store.forget(path)
        await link(lambda jid, listener: self._client(path, jid, listener), path, phone, report)

    def _client(self, folder: Path, jid: bytes, listener: Listener) -> Client:
        opening = Opening(store.data_source(folder), jid, _DEVICE, events.SUBSCRIBED, self._proxy())
        return Client(self._library, f"client-{next(self._names)}", opening, listener)

    def _proxy(self) -> str:
        """Where to connect; read each time, for a sandbox started again may listen elsewhere."""
        if not self._sandbox:
            return ""
        try:
            return msgspec.json.decode((self._sandbox / "sandbox.json").read_bytes(), type=_Addresses).front
        except (OSError, msgspec.DecodeError):
            raise EngineError("network", "The sandbox network is not running.", permanent=False) from None

    def _look_for_life(self) -> None:
        while True:
            time.sleep(_ALIVE_LOOK_S)
            for session in self._sessions:
                try:
                    session.tell_alive()
                except Exception as problem:  # noqa: BLE001 - one session must not hide the others
                    log("linked").error("alive_not_told", problem=type(problem).__name__)


async def _look_for_device(folder: Path, jid: str) -> None:
    try:
        found = bool(jid) and await on_thread(lambda: store.holds_device(folder, jid), _LOOK_S)
    except (store.StoreUnreadableError, TimeoutError):
        raise EngineError("store_unreadable", "The number's credentials cannot be read now.", permanent=False) from None
    if not found:
        raise EngineError("logged_out", "The credentials of this number are gone; link it again.", permanent=True)


def _trust_sandbox(network: Network, folder: Path) -> None:
    try:
        replace_root_key(network, bytes.fromhex((folder / "root.pub").read_text()))
    except (OSError, ValueError):
        raise SandboxUnusableError("The sandbox network has left no root key; start it before its hosts.") from None
    except TrustError as problem:
        raise LibraryUnusableError(f"{problem}.") from None


def _listener(session: LinkedSession, started: asyncio.Future[str]) -> Listener:
    """`started` gets an empty text when the connection stands, else why it does not."""
    loop = asyncio.get_running_loop()

    def settle(problem: str) -> None:
        if not started.done():
            started.set_result(problem)

    def event(code: int, data: bytes) -> None:
        session.take(code, data)
        if code == events.ME:
            loop.call_soon_threadsafe(settle, "")

    def ended(problem: str) -> None:
        session.lost("client_lost")
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, problem or "ended")

    return Listener(lambda _: None, lambda _: None, event, session.evidence.read, ended)
