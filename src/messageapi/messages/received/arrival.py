"""One inbound report with its owner, and what of it is kept as metadata."""

import msgspec

from messageapi.engines.port import Inbound, Undecryptable
from messageapi.store.vault import Sealer
from messageapi.vocab.content import Edit, Letter, Reaction, Revoke, Vote
from messageapi.vocab.ids import new_message_id
from messageapi.vocab.jid import LID_SERVER, Jid

TYPE_LENGTH = 16
NOBODY_WILL_ANSWER = 0
"""As `stuck_at`: it is not looked after."""


class Arrival(msgspec.Struct, frozen=True):
    """`event` as the engine reported it."""

    number_id: str
    account_id: str
    event: Inbound | Undecryptable
    sealer: Sealer
    base_url: str = ""

    @property
    def own(self) -> bool:
        """The owner wrote it on the phone itself."""
        return isinstance(self.event, Inbound) and self.event.from_me

    @property
    def letter(self) -> Letter | None:
        return self.event.letter if isinstance(self.event, Inbound) else None

    @property
    def changes(self) -> Edit | Revoke | Reaction | Vote | None:
        """What it does to an earlier message, if that is what it is."""
        content = self.letter.content if self.letter else None
        return content if isinstance(content, Edit | Revoke | Reaction | Vote) else None

    @property
    def text(self) -> str | None:
        return self.event.text if isinstance(self.event, Inbound) else None

    @property
    def type(self) -> str:
        return self.event.message_type[:TYPE_LENGTH] if isinstance(self.event, Inbound) else "undecryptable"

    @property
    def sender(self) -> str:
        """Without the device: a message is the same one, whichever of the writer's devices is named."""
        return _bare(self.event.sender)

    @property
    def phone(self) -> str | None:
        """Of the writer; of an own message the other side's."""
        if isinstance(self.event, Inbound) and self.own:
            return self.event.other_phone or _phone(self.event.chat)
        return self.event.sender_phone or _phone(self.sender)

    @property
    def lid(self) -> str | None:
        if isinstance(self.event, Inbound) and self.own:
            return self.event.other_lid or _lid(self.event.chat)
        return self.event.sender_lid or _lid(self.sender)

    def row(self, now: int) -> dict[str, object]:
        """As a new row of messages."""
        return {
            "id": new_message_id(),
            "account_id": self.account_id,
            "number_id": self.number_id,
            "direction": "outbound" if self.own else "inbound",
            "type": self.type,
            "chat": self.event.chat,
            "peer_phone": self.phone,
            "peer_lid": self.lid,
            "sender": self.sender,
            "status": "sent" if self.own else "received",
            "wa_id": self.event.wa_id,
            "attempt": 0,
            "late": self.event.late,
            "accepted_at": now,
            "sent_at": self.event.at,
            "stuck_at": NOBODY_WILL_ANSWER if self.own else None,
        }


def _bare(address: str) -> str:
    try:
        return str(Jid.parse(address).bare)
    except ValueError:
        return address


def _phone(address: str) -> str | None:
    try:
        return Jid.parse(address).phone
    except ValueError:
        return None


def _lid(address: str) -> str | None:
    return address if address.endswith(f"@{LID_SERVER}") else None
