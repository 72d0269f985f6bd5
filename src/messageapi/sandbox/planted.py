"""Refusals on purpose, as they are planted through the control interface and shown there."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

_PHONE = r"^(\+?[1-9][0-9]{6,14})?$"
_ANYBODY = r"^(\+?[1-9][0-9]{6,14}|[0-9-]{5,40}@(g\.us|newsletter)|status@broadcast)?$"
Answer = Literal["error", "none", "lost", "sunk"]


class Refusal(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Holds for messages of linked devices that fit everything which is given. The oldest that fits is the one.

    `answer`: `error` acknowledges with `code` and passes nothing on (463 new-contact timelock, 479, 403, 429 ...),
    `none` neither acknowledges nor passes on, `lost` passes on without acknowledging, `sunk` acknowledges and forgets.
    """

    code: Annotated[int, Meta(ge=100, le=999)] = 400
    answer: Answer = "error"
    sender: Annotated[str, Meta(pattern=_PHONE)] = ""  # a phone: messages of its linked devices
    recipient: Annotated[str, Meta(pattern=_ANYBODY)] = ""  # a phone, or the address of a group, status, newsletter
    new_contacts: bool = False  # only where neither side has written to the other before
    times: Annotated[int, Meta(ge=0, le=1_000_000)] = 0  # for so many messages; 0 = until it is lifted
    id: str = ""  # given by the network
    hits: int = 0  # counted by the network
