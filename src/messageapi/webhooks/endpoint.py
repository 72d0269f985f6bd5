"""An endpoint as it lies in the database, and what of it is sealed."""

from typing import Literal

import msgspec

from messageapi.store.vault import Sealer

State = Literal["enabled", "paused", "disabled"]

REASONS = {
    "gone": "The receiver answered 410 Gone. Resume the endpoint if that was a mistake, or delete it.",
    "failing": "Everything failed for five days. Repair the receiver, resume the endpoint, then replay what it missed.",
}
"""Why an endpoint is disabled."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where to and how. `old_secret` signs beside the new one until `old_until`."""

    url: str
    headers: dict[str, str] = {}
    secret: str | None = None
    old_secret: str | None = None
    old_until: int = 0

    def secrets(self, now: int) -> list[str]:
        old = self.old_secret if now < self.old_until else None
        return [each for each in (self.secret, old) if each]


class Endpoint(msgspec.Struct, frozen=True):
    """A row of `webhooks`, but for who delivers to it."""

    id: str
    account_id: str
    description: str
    sealed: bytes
    events: str | None
    numbers: str | None
    state: State
    reason_code: str | None
    state_since: int
    failing_since: int | None
    after_seq: int
    created_at: int


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Target).decode
_names = msgspec.json.Decoder(list[str]).decode


def seal(sealer: Sealer, webhook_id: str, target: Target) -> bytes:
    return sealer.seal(_encode(target), webhook_id)


def opened(sealer: Sealer, webhook_id: str, sealed: bytes) -> Target:
    return _decode(sealer.open(sealed, webhook_id))


def written(names: list[str] | None) -> str | None:
    """As it lies in a column; None means all."""
    return None if names is None else _encode(sorted(set(names))).decode()


def names(text: str | None) -> list[str] | None:
    return None if text is None else _names(text)
