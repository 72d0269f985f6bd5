"""neonize's native library: the functions this engine calls, declared as they are in its Go source.

The Python package around it is not used. Its version must be the pinned one: the calls below have no other safety.
"""

import ctypes
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from messageapi.engines.linked.gate import Gate
from messageapi.engines.linked.library import LibraryError, library_file

VERSION = "0.5.2"

_OnText = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
_OnEvent = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int)
_OnLog = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int)


class LibraryUnusableError(Exception):
    """In one sentence, with what to do."""


class _Bytes(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p), ("size", ctypes.c_size_t))


class _Proxy(ctypes.Structure):
    _fields_ = (
        ("address", ctypes.c_char_p),
        ("no_websocket", ctypes.c_bool),
        ("only_login", ctypes.c_bool),
        ("no_media", ctypes.c_bool),
    )


class Opening(NamedTuple):
    """What a client is made of. `jid` empty: a new device that shows QR codes."""

    store: str
    jid: bytes
    device: bytes
    events: bytes
    proxy: str


class Listener(NamedTuple):
    """Called on the library's threads; must not raise. `log` gets a pointer: copying every line would cost too much."""

    qr: Callable[[str], None]
    status: Callable[[str], None]
    event: Callable[[int, bytes], None]
    log: Callable[[int, int], None]
    ended: Callable[[str], None]


class Library:
    """Loaded once a process, never unloaded."""

    def __init__(self) -> None:
        try:
            self.calls = ctypes.CDLL(str(library_file()))
        except (LibraryError, OSError) as problem:
            raise LibraryUnusableError(f"neonize's native library cannot be loaded: {problem}.") from None
        _declare(self.calls)
        self.gate = Gate()
        version = cast("bytes", self.calls.GetVersion()).decode()
        if version != VERSION:
            raise LibraryUnusableError(
                f"neonize's native library has version {version}, not {VERSION}; install the locked requirements."
            )

    def text(self, pointer: int | None) -> str:
        """A string the library allocated, freed."""
        if not pointer:
            return ""
        try:
            return ctypes.string_at(pointer).decode("utf-8", "replace")
        finally:
            self.calls.FreeString(pointer)

    def bytes(self, pointer: Any) -> bytes:
        """A buffer the library allocated, freed."""
        if not pointer:
            return b""
        try:
            answer = pointer.contents
            return ctypes.string_at(answer.data, answer.size) if answer.data else b""
        finally:
            self.calls.FreeBytesStruct(pointer)


_kept: list[object] = []
"""Thunks and buffers of every client ever made: the library may call back as long as the process lives."""


class Client:
    """One client of the library. Everything but `start` needs one that has been started, or Go ends the process."""

    def __init__(self, library: Library, name: str, opening: Opening, listener: Listener) -> None:
        self._library, self._opening = library, opening
        self._name = name.encode()
        self._ended = listener.ended
        self._registered = threading.Event()
        self._thunks = self._make_thunks(listener)
        proxy = _Proxy(opening.proxy.encode(), False, False, False) if opening.proxy else None
        self._proxy = ctypes.byref(proxy) if proxy else None
        _kept.append((self._thunks, opening, proxy))

    def start(self) -> None:
        """On a thread of its own, which ends with the client. Returns when the library knows the client."""
        with self._library.gate.closed():
            threading.Thread(target=self._run, daemon=True, name="whatsapp").start()
            self._registered.wait(10)

    def send(self, chat: bytes, message: bytes) -> bytes:
        self._library.gate.enter()
        answer = self._library.calls.SendMessage(self._name, chat, len(chat), message, len(message))
        return self._library.bytes(answer)

    def pair_phone(self, request: bytes) -> bytes:
        self._library.gate.enter()
        return self._library.bytes(self._library.calls.PairPhone(self._name, request, len(request)))

    def log_out(self) -> str:
        self._library.gate.enter()
        return self._library.text(self._library.calls.Logout(self._name))

    def stop(self) -> None:
        """Takes up to 5 s when the other side does not answer. A client that never paired keeps its thread."""
        self._library.gate.enter()
        self._library.calls.Disconnect(self._name)
        with self._library.gate.closed():
            self._library.calls.Stop(self._name)

    def _run(self) -> None:
        opening, calls = self._opening, self._library.calls
        on_qr, on_status, on_event, on_log = self._thunks
        error = calls.Neonize(
            *(opening.store.encode(), self._name, opening.jid, len(opening.jid), int(not opening.jid), b"DEBUG"),
            *(on_qr, on_status, on_event, on_log, opening.events, len(opening.events)),
            *(opening.device, len(opening.device), b"", 0, self._proxy),
        )
        self._registered.set()
        self._ended(self._library.text(error))

    def _make_thunks(self, listener: Listener) -> tuple[Any, Any, Any, Any]:
        registered = self._registered

        def on_log(data: int, size: int) -> None:
            if not registered.is_set() and not ctypes.string_at(data, size).endswith(b"Database"):
                registered.set()  # the client itself speaks, so it is in the table
            listener.log(data, size)

        return (
            _OnText(lambda _, text: listener.qr(ctypes.string_at(text).decode())),
            _OnText(lambda _, text: listener.status(ctypes.string_at(text).decode())),
            _OnEvent(lambda _, data, size, code: listener.event(code, ctypes.string_at(data, size))),
            _OnLog(on_log),
        )


def _declare(calls: Any) -> None:
    buffer = (ctypes.c_char_p, ctypes.c_int)
    calls.Neonize.argtypes = (
        *(ctypes.c_char_p, ctypes.c_char_p, *buffer, ctypes.c_int, ctypes.c_char_p),
        *(_OnText, _OnText, _OnEvent, _OnLog),
        *(*buffer, *buffer, *buffer, ctypes.POINTER(_Proxy)),
    )
    calls.Neonize.restype = ctypes.c_void_p
    calls.SendMessage.argtypes = (ctypes.c_char_p, *buffer, *buffer)
    calls.SendMessage.restype = ctypes.POINTER(_Bytes)
    calls.PairPhone.argtypes = (ctypes.c_char_p, *buffer)
    calls.PairPhone.restype = ctypes.POINTER(_Bytes)
    calls.Logout.argtypes = (ctypes.c_char_p,)
    calls.Logout.restype = ctypes.c_void_p
    calls.GetVersion.argtypes = ()
    calls.GetVersion.restype = ctypes.c_char_p
    calls.FreeString.argtypes = (ctypes.c_void_p,)
    calls.FreeBytesStruct.argtypes = (ctypes.POINTER(_Bytes),)
    for name in ("Disconnect", "Stop"):
        getattr(calls, name).argtypes = (ctypes.c_char_p,)
    for name in ("Disconnect", "Stop", "FreeString", "FreeBytesStruct"):
        getattr(calls, name).restype = None
