"""neonize's native library: the functions this engine calls, declared as they are in its Go source.

The Python package around it is not used. Its version must be the pinned one: the calls below have no other safety.
"""

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, cast

from messageapi.engines.linked.library.file import LibraryError, library_file
from messageapi.engines.linked.library.gate import Gate

VERSION = "0.5.2"
_LEAVING_S = 1.0  # a call that has been inside for so long has looked its client up

_OnText = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
_OnEvent = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int)
_OnLog = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int)


class LibraryUnusableError(Exception):
    """In one sentence, with what to do."""


class GoneError(Exception):
    """The client has been stopped: the library would end the process if it were asked about it."""


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


class Place(NamedTuple):
    """A file at WhatsApp. A digest may be empty, the length -1: then it is not compared."""

    path: str
    enc_sha256: bytes
    sha256: bytes
    key: bytes
    length: int


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


_thread = threading.local()


def _stay() -> None:
    """Let Python keep what it knows of this thread of the library's, once for each.

    Otherwise it sets a thread up and takes it down again, stack and all, around every call.
    """
    if not getattr(_thread, "stays", False):
        ctypes.pythonapi.PyGILState_Ensure()
        _thread.stays = True


class Client:
    """One client of the library. Everything but `start` needs one that has been started, or Go ends the process."""

    def __init__(self, library: Library, name: str, opening: Opening, listener: Listener) -> None:
        self._library, self._opening = library, opening
        self._name = name.encode()
        self._ended = listener.ended
        self._registered = threading.Event()
        self._inside, self._stopped, self._left = 0, False, threading.Condition()
        self._thunks = self._make_thunks(listener)
        proxy = _Proxy(opening.proxy.encode(), False, False, False) if opening.proxy else None
        self._proxy = ctypes.byref(proxy) if proxy else None
        _kept.append((self._thunks, opening, proxy))

    def start(self) -> None:
        """On a thread of its own, which ends with the client. Returns when the library knows the client."""
        with self._library.gate.closed():
            threading.Thread(target=self._run, daemon=True, name="whatsapp").start()
            self._registered.wait(10)

    # Each raises GoneError behind a stop. Those that answer in text say what went wrong, or nothing.

    def send(self, chat: bytes, message: bytes) -> bytes:
        return self._bytes("SendMessage", chat, len(chat), message, len(message))

    def upload(self, data: bytes, kind: int) -> bytes:
        return self._bytes("Upload", data, len(data), kind)

    def download(self, place: Place, kind: int, mms_type: str) -> bytes:
        """The whole file, decrypted and checked against the digests that are given."""
        digests = (place.enc_sha256, len(place.enc_sha256), place.sha256, len(place.sha256))
        key = (place.key, len(place.key))
        return self._bytes(
            "DownloadMediaWithPath", place.path.encode(), *digests, *key, place.length, kind, mms_type.encode()
        )

    def pair_phone(self, request: bytes) -> bytes:
        return self._bytes("PairPhone", request, len(request))

    def on_whatsapp(self, phones: str) -> bytes:
        """Of phone numbers with their plus signs, with spaces between."""
        return self._bytes("IsOnWhatsApp", phones.encode())

    def lid_of(self, address: bytes) -> bytes:
        """From what the library has learned; it asks nobody."""
        return self._bytes("GetLIDFromPN", address, len(address))

    def phone_of(self, address: bytes) -> bytes:
        return self._bytes("GetPNFromLID", address, len(address))

    def presence(self, state: str) -> str:
        """`available` or `unavailable`."""
        return self._text("SendPresence", state.encode())

    def chat_presence(self, chat: bytes, state: int, media: int) -> str:
        return self._text("SendChatPresence", chat, len(chat), state, media)

    def mark_read(self, ids: str, at: int, chat: bytes, sender: bytes) -> str:
        """`ids` with spaces between, all of one sender; `at` in seconds."""
        return self._text("MarkRead", ids.encode(), at, chat, len(chat), sender, len(sender), b"read")

    def watch(self, person: bytes) -> str:
        return self._text("SubscribePresence", person, len(person))

    def reject_call(self, caller: bytes, call_id: str) -> str:
        return self._text("RejectCall", caller, len(caller), call_id.encode())

    def joined_groups(self) -> bytes:
        return self._bytes("GetJoinedGroups")

    def group(self, group: bytes) -> bytes:
        return self._bytes("GetGroupInfo", group, len(group))

    def create_group(self, request: bytes) -> bytes:
        return self._bytes("CreateGroup", request, len(request))

    def change_members(self, group: bytes, people: bytes, change: str) -> bytes:
        """`add`, `remove`, `promote` or `demote`."""
        return self._bytes("UpdateGroupParticipants", group, len(group), people, len(people), change.encode())

    def set_group_name(self, group: bytes, name: str) -> str:
        return self._text("SetGroupName", group, len(group), name.encode())

    def set_group_topic(self, group: bytes, topic: str) -> str:
        """The library asks for the id of the old one and makes up the new one's."""
        return self._text("SetGroupTopic", group, len(group), b"", b"", topic.encode())

    def set_group_announce(self, group: bytes, *, on: bool) -> str:
        return self._text("SetGroupAnnounce", group, len(group), on)

    def set_group_locked(self, group: bytes, *, on: bool) -> str:
        return self._text("SetGroupLocked", group, len(group), on)

    def invite_link(self, group: bytes, *, renew: bool) -> bytes:
        return self._bytes("GetGroupInviteLink", group, len(group), renew)

    def leave_group(self, group: bytes) -> str:
        return self._text("LeaveGroup", group, len(group))

    def join_group(self, code: str) -> bytes:
        return self._bytes("JoinGroupWithLink", code.encode())

    def log_out(self) -> str:
        return self._text("Logout")

    def stop(self) -> None:
        """Takes up to 5 s when the other side does not answer. A client that never paired keeps its thread."""
        self._library.gate.enter()
        self._library.calls.Disconnect(self._name)
        with self._left:
            self._stopped = True
            self._left.wait_for(lambda: not self._inside, _LEAVING_S)
        with self._library.gate.closed():
            self._library.calls.Stop(self._name)

    def _bytes(self, call: str, *arguments: Any) -> bytes:
        with self._entered():
            return self._library.bytes(getattr(self._library.calls, call)(self._name, *arguments))

    def _text(self, call: str, *arguments: Any) -> str:
        with self._entered():
            return self._library.text(getattr(self._library.calls, call)(self._name, *arguments))

    @contextmanager
    def _entered(self) -> Iterator[None]:
        """Most calls end the process when their client is not in the library's table any more."""
        with self._left:
            if self._stopped:
                raise GoneError
            self._inside += 1
        try:
            self._library.gate.enter()
            yield
        finally:
            with self._left:
                self._inside -= 1
                self._left.notify_all()

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
            _stay()
            if not registered.is_set() and not ctypes.string_at(data, size).endswith(b"Database"):
                registered.set()  # the client itself speaks, so it is in the table
            listener.log(data, size)

        def on_event(_: int, data: int, size: int, code: int) -> None:
            _stay()
            listener.event(code, ctypes.string_at(data, size))

        return (
            _OnText(lambda _, text: listener.qr(ctypes.string_at(text).decode())),
            _OnText(lambda _, text: listener.status(ctypes.string_at(text).decode())),
            _OnEvent(on_event),
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
    _declare_conversation(calls, buffer)
    calls.GetVersion.argtypes = ()
    calls.GetVersion.restype = ctypes.c_char_p
    calls.FreeString.argtypes = (ctypes.c_void_p,)
    calls.FreeBytesStruct.argtypes = (ctypes.POINTER(_Bytes),)
    for name in ("Disconnect", "Stop"):
        getattr(calls, name).argtypes = (ctypes.c_char_p,)
    for name in ("Disconnect", "Stop", "FreeString", "FreeBytesStruct"):
        getattr(calls, name).restype = None


def _declare_conversation(calls: Any, buffer: tuple[Any, Any]) -> None:
    """All take the client's name first."""
    number = ctypes.c_int
    in_bytes = {
        "SendMessage": (*buffer, *buffer),
        "Upload": (*buffer, number),
        "DownloadMediaWithPath": (ctypes.c_char_p, *buffer, *buffer, *buffer, number, number, ctypes.c_char_p),
        "PairPhone": buffer,
        "IsOnWhatsApp": (ctypes.c_char_p,),
        "GetLIDFromPN": buffer,
        "GetPNFromLID": buffer,
        "GetJoinedGroups": (),
        "GetGroupInfo": buffer,
        "CreateGroup": buffer,
        "UpdateGroupParticipants": (*buffer, *buffer, ctypes.c_char_p),
        "GetGroupInviteLink": (*buffer, ctypes.c_bool),
        "JoinGroupWithLink": (ctypes.c_char_p,),
    }
    in_text = {
        "Logout": (),
        "SendPresence": (ctypes.c_char_p,),
        "SendChatPresence": (*buffer, number, number),
        "MarkRead": (ctypes.c_char_p, number, *buffer, *buffer, ctypes.c_char_p),
        "SubscribePresence": buffer,
        "RejectCall": (*buffer, ctypes.c_char_p),
        "SetGroupName": (*buffer, ctypes.c_char_p),
        "SetGroupTopic": (*buffer, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p),
        "SetGroupAnnounce": (*buffer, ctypes.c_bool),
        "SetGroupLocked": (*buffer, ctypes.c_bool),
        "LeaveGroup": buffer,
    }
    for answers, kind in ((in_bytes, ctypes.POINTER(_Bytes)), (in_text, ctypes.c_void_p)):
        for name, arguments in answers.items():
            call = getattr(calls, name)
            call.argtypes, call.restype = (ctypes.c_char_p, *arguments), kind
