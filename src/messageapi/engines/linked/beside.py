"""The library's events beside messages and the connection: groups, presence and calls, each to its reader."""

from collections.abc import Callable
from typing import Any

from messageapi.engines.linked.groups import events as group_events
from messageapi.engines.linked.heard import events
from messageapi.engines.linked.heard.connection import Connection
from messageapi.engines.linked.library.native import Client
from messageapi.engines.linked.moments import Moments
from messageapi.engines.port import EngineEvent

Reader = Callable[[Any], EngineEvent | None]


def readers(told_by: Callable[[], Client], connection: Connection, moments: Moments) -> dict[int, Reader]:
    """By the number of the event."""

    def call(event: Any) -> EngineEvent | None:
        return moments.call(event, late=connection.late)

    return {
        events.GROUP_CHANGED: lambda event: group_events.changed(told_by(), event, connection.me),
        events.GROUP_ENTERED: lambda event: group_events.entered(told_by(), event, connection.me),
        events.PRESENCE: moments.presence,
        events.CHAT_PRESENCE: moments.typing,
        events.CALL_OFFER: call,
        events.CALL_NOTICE: call,
        events.CALL_ACCEPT: lambda event: moments.call_over(event, "accepted_elsewhere"),
        events.CALL_OVER: lambda event: moments.call_over(event, event.reason),
    }
