"""The public shape of what is done in chats."""

from typing import Annotated

import msgspec
from msgspec import Meta

from messageapi.engines.port import Typing

MOST_READ = 100

Name = Annotated[str, Meta(min_length=1, max_length=80)]


class TypingRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """What the other side sees."""

    on: Annotated[bool, Meta(description="False: stopped. Without it, it fades after 25 seconds.")] = True
    kind: Annotated[Typing, Meta(description="A text, or a voice note.")] = "typing"


class ReadRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Received messages of one chat."""

    message_ids: Annotated[
        list[Name], Meta(min_length=1, max_length=MOST_READ, description="Our ids of them, or WhatsApp's.")
    ]
