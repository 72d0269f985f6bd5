"""What a pairing host reports, and what of it is shown."""

import msgspec


class Qr(msgspec.Struct, frozen=True, tag=True):
    """A QR code is a credential: bus and memory only, never a log, never the database."""

    code: str
    expires_at: int


class PairingCode(msgspec.Struct, frozen=True, tag=True):
    code: str
    expires_at: int


class Linked(msgspec.Struct, frozen=True, tag=True):
    jid: str
    lid: str
    push_name: str = ""


class PairingFailed(msgspec.Struct, frozen=True, tag=True):
    """Codes: timeout, refused, passkey_required, client_outdated, network, crashed."""

    code: str
    detail: str


PairingEvent = Qr | PairingCode | Linked | PairingFailed


class PairingUpdate(msgspec.Struct, frozen=True):
    number_id: str
    epoch: int
    event: PairingEvent


class Shown(msgspec.Struct, frozen=True):
    """The newest QR or code of a number that is being linked, or nothing yet."""

    event: Qr | PairingCode | None = None
