"""A message that was checked and sealed, ready to be accepted; and what its sender is told."""

import msgspec

from messageapi.idempotency.once import Once
from messageapi.messages.accepting.times import Times
from messageapi.messages.content.requests import OnUnconfirmed, Priority
from messageapi.store.vault import Sealer
from messageapi.vocab.caller import Caller
from messageapi.vocab.phone import Recipient

PRIORITY: dict[Priority, int] = {"high": 1, "normal": 0, "low": -1}
"""As the queue orders them."""

NAMED = {number: name for name, number in PRIORITY.items()}


class Way(msgspec.Struct, frozen=True):
    """How and when it goes. `number_id`: only this number will do, since the message it is about is there."""

    times: Times = Times()
    priority: Priority = "normal"
    on_unconfirmed: OnUnconfirmed = "report"
    target_id: str | None = None
    number_id: str | None = None
    refuses: bool = False
    """Rather than wait for a budget of the number."""
    bulk: bool = False


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """`sender` is an id, an E.164 phone, or empty for the default number; `media` names the blobs it needs."""

    id: str
    caller: Caller
    sender: str
    to: Recipient
    type: str
    custom: str | None
    body: bytes
    media: tuple[str, ...] = ()
    way: Way = Way()
    sealer: Sealer
    now: int
    hours: int
    once: Once | None = None
    answer_until: int | None = None
    """With `once`: the answer is not this acceptance but follows until then."""

    @property
    def account_id(self) -> str:
        return self.caller.account_id


class Accepted(msgspec.Struct, frozen=True):
    """A message that is on the disk and will be sent."""

    id: str
    status: str
    number_id: str
    to: str
    accepted_at: int
