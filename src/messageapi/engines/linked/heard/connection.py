"""The library's words about the connection as events of our port, and what they mean for a session."""

from collections.abc import Callable
from typing import Any

from messageapi.engines.linked.addresses import bare, to_text
from messageapi.engines.linked.content.writing import Me
from messageapi.engines.linked.heard import events
from messageapi.engines.port import Connected, Disconnected, Ended, EngineEvent
from messageapi.vocab.clock import now_ms

_BANS = {
    1: "It sent to too many people who do not know it.",
    2: "Too many people blocked it.",
    3: "It created too many groups.",
    4: "It sent the same message too often.",
    5: "It used a broadcast list too much.",
}
_LOCKED, _BANNED_OUT = 4, 5
_BAD_USER_AGENT = 7
_GIVE_UP_AFTER = 2  # unanswered keepalives in a row, 60 to 80 s of silence


class Connection:
    """Of one session. `take` returns what to report, if anything."""

    def __init__(self) -> None:
        self.up = False
        self.over = False
        self.late = False  # messages come from the offline queue
        self._me: Any = None
        self._stream_error = False
        self._verbs: dict[int, Callable[[Any], EngineEvent | None]] = {
            events.ME: self._introduced,
            events.CONNECTED: self._connected,
            events.KEEPALIVE_TIMEOUT: self._keepalive_timeout,
            events.KEEPALIVE_RESTORED: self._connected,
            events.LOGGED_OUT: self._logged_out,
            events.REPLACED: lambda _: self._ended("replaced", "Another program uses this linked device."),
            events.BANNED: self._banned,
            events.CONNECT_FAILURE: self._connect_failure,
            events.OUTDATED: lambda _: self._ended("client_outdated", "WhatsApp no longer accepts this client."),
            events.STREAM_ERROR: self._noted_stream_error,
            events.DISCONNECTED: lambda _: self.lost("network"),
            events.OFFLINE_PREVIEW: self._offline,
            events.OFFLINE_COMPLETED: self._offline_over,
        }

    @property
    def me(self) -> Me:
        """Empty until the library has introduced us."""
        return Me(bare(self._me.JID), bare(self._me.LID)) if self._me else Me("", "")

    def take(self, code: int, event: Any) -> EngineEvent | None:
        verb = self._verbs.get(code)
        return verb(event) if verb and not self.over else None

    def lost(self, code: str) -> EngineEvent | None:
        """The connection is gone; said once."""
        if self.over or not self.up:
            return None
        self.up = False
        code, self._stream_error = ("stream_error" if self._stream_error else code), False
        return Disconnected(now_ms(), code)

    def _introduced(self, me: Any) -> None:
        self._me = me

    def _connected(self, _event: Any) -> EngineEvent | None:
        if self.up:
            return None
        self.up, self._stream_error = True, False
        me = self._me
        return Connected(now_ms(), to_text(me.JID), to_text(me.LID), me.PushName) if me else Connected(now_ms(), "")

    def _keepalive_timeout(self, event: Any) -> EngineEvent | None:
        return self.lost("keepalive") if event.ErrorCount >= _GIVE_UP_AFTER else None

    def _logged_out(self, event: Any) -> EngineEvent:
        detail = "The device was logged out."
        if event.Reason in {_LOCKED, _BANNED_OUT}:
            detail = "WhatsApp ended this login; the account may be locked or banned."
        return self._ended("logged_out", detail)

    def _banned(self, event: Any) -> EngineEvent:
        until = now_ms() + event.Expire * 1000 if event.Expire else None
        return self._ended("banned", f"WhatsApp banned the number. {_BANS.get(event.Code, '')}".strip(), until)

    def _connect_failure(self, event: Any) -> EngineEvent | None:
        """The library does not try again after this; most of it passes."""
        if event.Reason == _BAD_USER_AGENT:
            return self._ended("client_outdated", "WhatsApp does not accept this client.")
        self.up = True  # so that it is said even when the login never came through
        return self.lost("login_refused")

    def _noted_stream_error(self, _event: Any) -> None:
        self._stream_error = True

    def _offline(self, event: Any) -> None:
        self.late = event.Total > 0

    def _offline_over(self, _event: Any) -> None:
        self.late = False

    def _ended(self, code: Any, detail: str, until: int | None = None) -> Ended:
        self.up, self.over = False, True
        return Ended(now_ms(), code, detail, until)
