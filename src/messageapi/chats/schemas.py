"""The public shape of what is done in chats."""

from typing import Annotated

import msgspec
from msgspec import Meta

from messageapi.chats.presence.watch import Watch
from messageapi.engines.port import Seen, Typing
from messageapi.vocab.clock import iso

MOST_READ = 100

Name = Annotated[str, Meta(min_length=1, max_length=80)]


class TypingRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """What the other side sees."""

    on: Annotated[bool, Meta(description="False: stopped. Without it, it fades after 25 seconds.")] = True
    kind: Annotated[Typing, Meta(description="A text, or a voice note.")] = "typing"


class RejectRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Who calls."""

    sender: Annotated[Name, Meta(description="`sender` of `call.received`.", examples=["187654321098765@lid"])]


class PresenceView(msgspec.Struct, rename="camel", kw_only=True):
    """Somebody the number watches, and what was last seen of them."""

    phone: str | None
    lid: str | None
    state: Annotated[Seen | None, Meta(description="Null: nothing was seen yet.")]
    chat: Annotated[str | None, Meta(description="Where they type.")]
    at: Annotated[str | None, Meta(description="When it was seen.")]
    last_seen: Annotated[str | None, Meta(description="When they were last online, where they let it be known.")]


class PresenceList(msgspec.Struct, rename="camel", kw_only=True):
    """Everybody the number watches: 500 at most."""

    items: list[PresenceView]


class ReadRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Received messages of one chat."""

    message_ids: Annotated[
        list[Name], Meta(min_length=1, max_length=MOST_READ, description="Our ids of them, or WhatsApp's.")
    ]


def presence_view(watch: Watch) -> PresenceView:
    return PresenceView(
        phone=watch.phone,
        lid=watch.lid,
        state=watch.state,
        chat=watch.chat,
        at=iso(watch.at),
        last_seen=iso(watch.last_seen),
    )
