"""The public shapes of polling for events."""

from typing import Annotated

import msgspec
from msgspec import Meta

from messageapi.live.listener import Event


class EventView(msgspec.Struct, rename="camel", kw_only=True):
    """An event, as webhooks bring it. What `data` has depends on `type`: see the webhooks of this document."""

    id: str
    type: str
    created_at: str
    account: str
    number: Annotated[str | None, Meta(description="The number it is about; null when it is about none.")]
    data: Annotated[msgspec.Raw, Meta(description="The facts of this type of event.")]


class EventsView(msgspec.Struct, rename="camel", kw_only=True):
    """Events in the order in which they happened; none when nothing happened while the request waited."""

    items: list[EventView]
    next: Annotated[str, Meta(description="Send it as `after` to go on from here.")]


_read = msgspec.json.Decoder(EventView).decode


def view(events: list[Event], cursor: str) -> EventsView:
    return EventsView(items=[_read(event.payload) for event in events], next=cursor)
