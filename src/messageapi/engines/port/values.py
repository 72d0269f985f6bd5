"""What the port speaks of: networks, what an engine can do, and how it fails."""

from typing import Literal

import msgspec

from messageapi.errors import DoorError

Network = Literal["whatsapp", "sandbox"]
Typing = Literal["typing", "recording"]


class Capabilities(msgspec.Struct, frozen=True):
    """What an engine can do. Rooms ask here instead of asking which engine it is."""

    takes_message_id: bool
    """The caller chooses the WhatsApp message id: a send with an unknown outcome may be repeated under the same one."""
    pairs_by: tuple[str, ...] = ("qr", "code")
    shows_passkey_requests: bool = False


class EngineError(DoorError):
    """The engine refused or failed. `left`: True it may have reached WhatsApp, False it certainly did not."""

    def __init__(self, code: str, detail: str, *, permanent: bool, left: bool = False) -> None:
        super().__init__(code, detail, permanent=permanent)
        self.left = left
