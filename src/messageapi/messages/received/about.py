"""Which of the messages we know is the one that somebody names: in the same chat, by the author they say.

WhatsApp's ids are chosen by their senders, so an id alone proves nothing.
"""

from collections.abc import Iterable

import msgspec

from messageapi.contacts.person import PEOPLE, address_of
from messageapi.messages.received.arrival import Arrival
from messageapi.vocab.content import Edit, Letter, Reaction, Revoke, Target, Vote


class Known(msgspec.Struct, frozen=True):
    """A message that may be meant. `sender` None: it was sent from here."""

    id: str
    number_id: str
    direction: str
    type: str
    chat: str
    phone: str | None
    lid: str | None
    sender: str | None
    wa_id: str | None
    earlier_wa_id: str | None

    @property
    def ours(self) -> bool:
        return self.direction == "outbound"

    @property
    def addresses(self) -> frozenset[str]:
        """Of the other side: who wrote it, or to whom it went."""
        return addresses_of(self.sender if not self.ours else self.chat, self.phone, self.lid)


def target_of(letter: Letter) -> Target | None:
    """What it changes, or else what it answers."""
    if isinstance(letter.content, Edit | Revoke | Reaction | Vote):
        return letter.content.target
    return letter.quote.target if letter.quote else None


def meant(arrival: Arrival, target: Target, known: Iterable[Known]) -> Known | None:
    """None when we do not know it."""
    return next((each for each in known if _same_chat(each, arrival) and _written_by(each, arrival, target)), None)


def writes(arrival: Arrival, target: Target) -> bool:
    """Is who sends this the author of what they name?"""
    return not target.sender if arrival.own else target.sender in writer_of(arrival)


def addresses_of(address: str | None, phone: str | None, lid: str | None) -> frozenset[str]:
    """All that are known of one person."""
    return frozenset(each for each in (address, lid, address_of(phone) if phone else None) if each)


def writer_of(arrival: Arrival) -> frozenset[str]:
    """Who sends it, by every address that is known."""
    return addresses_of(arrival.sender, arrival.phone, arrival.lid)


def _same_chat(known: Known, arrival: Arrival) -> bool:
    """A person has two addresses: either is the same chat."""
    chat = arrival.event.chat
    if known.chat == chat:
        return True
    if not (known.chat.endswith(PEOPLE) and chat.endswith(PEOPLE)):
        return False
    other = {chat} if arrival.own else {chat, *writer_of(arrival)}
    return bool(other & {known.chat, *known.addresses})


def _written_by(known: Known, arrival: Arrival, target: Target) -> bool:
    if not target.sender or known.ours:
        return known.ours and not target.sender
    named = writer_of(arrival) if writes(arrival, target) else {target.sender}
    return bool(named & known.addresses)
