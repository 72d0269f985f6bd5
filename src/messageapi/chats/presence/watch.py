"""One person whose presence a number watches."""

import msgspec

from messageapi.engines.port import PresenceSeen, Seen

MOST = 500
"""Of one number."""


class Watch(msgspec.Struct, frozen=True):
    """`state` is None until something was seen."""

    number_id: str
    account_id: str
    address: str
    phone: str | None
    lid: str | None
    state: Seen | None = None
    chat: str | None = None
    at: int | None = None
    last_seen: int | None = None

    def after(self, event: PresenceSeen, now: int) -> "Watch":
        return msgspec.structs.replace(
            self,
            phone=event.phone or self.phone,
            lid=event.lid or self.lid,
            state=event.state,
            chat=event.chat or None,
            at=min(event.at, now),
            last_seen=event.last_seen,
        )

    def same(self, other: "Watch") -> bool:
        return (self.state, self.chat, self.last_seen) == (other.state, other.chat, other.last_seen)
