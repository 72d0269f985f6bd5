"""What stands under a key."""

import msgspec

from messageapi.web.replay import Kept

Name = tuple[str, bytes]
"""Account and place: what an entry is found by."""


class Once(msgspec.Struct, frozen=True):
    """A request that must count once. Neither its key nor its body can be read from it."""

    account_id: str
    place: bytes
    fingerprint: bytes
    expires_at: int

    @property
    def name(self) -> Name:
        return self.account_id, self.place


class Claim(msgspec.Struct, frozen=True):
    """To be stored with what the request does. Without `kept` the answer follows until `pending_until`."""

    once: Once
    kept: Kept | None
    message_id: str | None = None
    pending_until: int | None = None


class Entry(msgspec.Struct, frozen=True):
    """As it was stored."""

    fingerprint: bytes
    message_id: str | None
    kept: Kept | None
    pending_until: int | None
    expires_at: int
