"""One inbound report with its owner, and what of it is kept as metadata."""

import msgspec

from messageapi.engines.port import Inbound, Undecryptable
from messageapi.store.vault import Sealer
from messageapi.vocab.content import Letter
from messageapi.vocab.ids import new_message_id
from messageapi.vocab.jid import LID_SERVER, Jid

TYPE_LENGTH = 16


class Arrival(msgspec.Struct, frozen=True):
    """`event` as the engine reported it."""

    number_id: str
    account_id: str
    event: Inbound | Undecryptable
    sealer: Sealer

    @property
    def own(self) -> bool:
        """The owner wrote it on the phone itself."""
        return isinstance(self.event, Inbound) and self.event.from_me

    @property
    def letter(self) -> Letter | None:
        return self.event.letter if isinstance(self.event, Inbound) else None

    @property
    def text(self) -> str | None:
        return self.event.text if isinstance(self.event, Inbound) else None

    @property
    def type(self) -> str:
        return self.event.message_type[:TYPE_LENGTH] if isinstance(self.event, Inbound) else "undecryptable"

    @property
    def sender(self) -> str:
        """Without the device: a message is the same one, whichever of the writer's devices is named."""
        try:
            return str(Jid.parse(self.event.sender).bare)
        except ValueError:
            return self.event.sender

    @property
    def phone(self) -> str | None:
        if isinstance(self.event, Inbound) and self.event.sender_phone:
            return self.event.sender_phone
        try:
            return Jid.parse(self.sender).phone
        except ValueError:
            return None

    @property
    def lid(self) -> str | None:
        if isinstance(self.event, Inbound) and self.event.sender_lid:
            return self.event.sender_lid
        return self.sender if self.sender.endswith(f"@{LID_SERVER}") else None

    def row(self, now: int) -> dict[str, object]:
        """As a new row of messages."""
        return {
            "id": new_message_id(),
            "account_id": self.account_id,
            "number_id": self.number_id,
            "direction": "inbound",
            "type": self.type,
            "chat": self.event.chat,
            "peer_phone": self.phone,
            "peer_lid": self.lid,
            "sender": self.sender,
            "status": "received",
            "wa_id": self.event.wa_id,
            "attempt": 0,
            "late": isinstance(self.event, Inbound) and self.event.late,
            "accepted_at": now,
            "sent_at": self.event.at,
        }
