"""The library's events this engine listens to: their numbers and the messages they carry."""

from typing import Any, Final

from messageapi.engines.linked.heard.sound import make_sound
from messageapi.engines.linked.library.protos import wire
from messageapi.vocab.clock import now_ms

ME: Final = 0  # sent once, when the client's event pump starts
PAIRED: Final = 2
CONNECTED: Final = 3
KEEPALIVE_TIMEOUT: Final = 4
KEEPALIVE_RESTORED: Final = 5
LOGGED_OUT: Final = 6
REPLACED: Final = 7
BANNED: Final = 8
CONNECT_FAILURE: Final = 9
OUTDATED: Final = 10
STREAM_ERROR: Final = 11
DISCONNECTED: Final = 12
MESSAGE: Final = 17
RECEIPT: Final = 18
CHAT_PRESENCE: Final = 19
PRESENCE: Final = 20
GROUP_ENTERED: Final = 21
GROUP_CHANGED: Final = 22
OFFLINE_PREVIEW: Final = 26
OFFLINE_COMPLETED: Final = 27
CALL_OFFER: Final = 36
CALL_ACCEPT: Final = 37
CALL_NOTICE: Final = 40  # of a group's call
CALL_OVER: Final = 42
UNDECRYPTABLE: Final = 44

_MESSAGES: dict[int, Any] = {
    ME: wire.Device,
    PAIRED: wire.PairStatus,
    CONNECTED: wire.Connected,
    KEEPALIVE_TIMEOUT: wire.KeepAliveTimeout,
    KEEPALIVE_RESTORED: wire.KeepAliveRestored,
    LOGGED_OUT: wire.LoggedOut,
    REPLACED: wire.StreamReplaced,
    BANNED: wire.TemporaryBan,
    CONNECT_FAILURE: wire.ConnectFailure,
    OUTDATED: wire.ClientOutdated,
    STREAM_ERROR: wire.StreamError,
    DISCONNECTED: wire.Disconnected,
    MESSAGE: wire.Message,
    RECEIPT: wire.Receipt,
    CHAT_PRESENCE: wire.ChatPresence,
    PRESENCE: wire.Presence,
    GROUP_ENTERED: wire.JoinedGroup,
    GROUP_CHANGED: wire.GroupInfoEvent,
    OFFLINE_PREVIEW: wire.OfflineSyncPreview,
    OFFLINE_COMPLETED: wire.OfflineSyncCompleted,
    CALL_OFFER: wire.CallOffer,
    CALL_ACCEPT: wire.CallAccept,
    CALL_NOTICE: wire.CallOfferNotice,
    CALL_OVER: wire.CallTerminate,
    UNDECRYPTABLE: wire.UndecryptableMessage,
}

SUBSCRIBED = bytes(code for code in _MESSAGES if code != ME)
"""The list is fixed when a client starts: what is not in it is never sent."""


def parsed(code: int, data: bytes) -> Any:
    """None for an event we did not ask for."""
    kind = _MESSAGES.get(code)
    if kind is None:
        return None
    event = kind.FromString(data)
    if code == MESSAGE:
        event.ClearField("Raw")  # the same once more
    make_sound(event)
    return event


def at_ms(given: int) -> int:
    """The library gives seconds here and milliseconds there, or nothing: then it is now."""
    return given if given > 100_000_000_000 else given * 1000 or now_ms()
