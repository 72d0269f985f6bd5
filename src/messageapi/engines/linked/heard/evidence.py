"""What the library's log lines tell: that something was received, the id of a message before it leaves, a limit.

The lines hold phone numbers and codes. They are looked at where they lie, a few bytes of each, and never kept.
"""

import ctypes
import re
import threading
from collections.abc import Callable
from time import time_ns

from messageapi.engines.linked.heard.limits import limit_in
from messageapi.engines.port import Limited
from messageapi.logs import log

_TAIL = 11
_RECEIVED, _SENDING = b"Client/Recv", b"Client/Send"  # each line ends with the logger's name
_HEAD = 200
_NOTIFICATION, _TAG_WITHIN, _NOTICE_SIZE = b"<notification ", 24, 4096
_ID = re.compile(rb'<message [^>]*?\bid="([0-9A-Za-z.-]{4,64})"')


class Proof:
    """Does the log name a message before it leaves, as the source says? Shown by the sends of this process."""

    def __init__(self) -> None:
        self.holds = False
        self._broken = False

    def compare(self, seen: str, answered: str) -> None:
        self._broken = self._broken or seen != answered
        self.holds = not self._broken


class Evidence:
    """Of one session. `read` is called on the library's threads for every line."""

    def __init__(self, limited: Callable[[Limited], None] = lambda _: None) -> None:
        self._limited = limited
        self.last_received = 0  # ms; 0 = nothing yet
        self.wa_id = ""
        self._sender = 0
        self._named: Callable[[str], None] | None = None

    def sending(self, named: Callable[[str], None]) -> None:
        """On the thread that now sends: the library writes the line about the message on the same one."""
        self.wa_id, self._named, self._sender = "", named, threading.get_ident()

    def sent(self) -> None:
        self._sender, self._named = 0, None

    def read(self, data: int, size: int) -> None:
        if size <= _TAIL:
            return
        tail = ctypes.string_at(data + size - _TAIL, _TAIL)
        if tail == _RECEIVED:
            self.last_received = time_ns() // 1_000_000
            if _NOTIFICATION in ctypes.string_at(data, min(size, _TAG_WITHIN)):
                self._notice(ctypes.string_at(data, min(size, _NOTICE_SIZE)))
        elif tail == _SENDING and self._sender == threading.get_ident():
            self._name(ctypes.string_at(data, min(size, _HEAD)))

    def _notice(self, line: bytes) -> None:
        try:
            if limit := limit_in(line):
                self._limited(limit)
        except Exception as problem:  # noqa: BLE001 - raised here it would be printed by the interpreter
            log("linked").error("limit_not_kept", problem=type(problem).__name__)

    def _name(self, head: bytes) -> None:
        found = _ID.search(head)
        if not found or not self._named or self.wa_id:
            return
        try:
            self._named(found[1].decode())
        except Exception as problem:  # noqa: BLE001 - raised here it would be printed by the interpreter
            log("linked").error("name_not_kept", problem=type(problem).__name__)
        else:
            self.wa_id = found[1].decode()  # only what was written down counts as named
