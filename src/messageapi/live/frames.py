"""Events as text/event-stream has them (HTML Living Standard, 9.2.6). The payload is one line of JSON."""

from collections.abc import Iterable

import msgspec

from messageapi.live.listener import Event, Why

RETRY_MS = 1_000
REASONS: dict[Why, str] = {
    "too_slow": "Events came faster than you read. Connect again with the id of the last event you got.",
    "key_ended": "The API key was revoked or has expired. Connect again with another one.",
    "server_stopping": "The server is being stopped or restarted. Connect again with the id of the last event you got.",
    "unavailable": "Events cannot be read now. Connect again with the id of the last event you got.",
}
GONE = "Some events behind the last one you got are not kept any more. What follows begins with the oldest that is."


class Said(msgspec.Struct):
    """What the stream itself has to say."""

    code: str
    detail: str


def framed(events: Iterable[Event]) -> bytes:
    return b"".join(
        b"id: %b\nevent: %b\ndata: %b\n\n" % (event.id.encode(), event.type.encode(), event.payload) for event in events
    )


def hello(cursor: str) -> bytes:
    """How soon to come back, and from where if nothing happens until then."""
    return b"retry: %d\nid: %b\n\n" % (RETRY_MS, cursor.encode())


def heartbeat(cursor: str) -> bytes:
    """A comment keeps the connection open; the id is taken over by clients although no event comes with it."""
    return b": nothing new\nid: %b\n\n" % cursor.encode()


def bye(why: Why) -> bytes:
    return _said("bye", why, REASONS[why])


def gone() -> bytes:
    return _said("events_gone", "events_gone", GONE)


def _said(event: str, code: str, detail: str) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (event.encode(), msgspec.json.encode(Said(code, detail)))
