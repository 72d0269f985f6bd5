"""A person as an account knows them, by phone number, by hidden identity (LID), or by both."""

import msgspec

from messageapi.vocab.jid import LID_SERVER, PN_SERVER, Jid
from messageapi.vocab.twins import forms

PEOPLE = (f"@{PN_SERVER}", f"@{LID_SERVER}")
"""Ends of the addresses that persons have."""

DAY_MS = 86_400_000
KNOWN_MS = 30 * DAY_MS
UNKNOWN_MS = DAY_MS
"""Who is not on WhatsApp today may be tomorrow."""


class Contact(msgspec.Struct, frozen=True):
    """What WhatsApp says about an address. `jid`: the phone-number address it uses itself, which may have other digits
    than the one asked about.
    """

    account_id: str
    address: str
    jid: str | None
    lid: str | None
    on_whatsapp: bool
    checked_at: int

    def fresh(self, now: int) -> bool:
        return now - self.checked_at < (KNOWN_MS if self.on_whatsapp else UNKNOWN_MS)

    @property
    def phone(self) -> str | None:
        """E.164, as WhatsApp has it."""
        return Jid.parse(self.jid).phone if self.jid else None


class Person(msgspec.Struct, frozen=True):
    """Somebody an account deals with; one of `phone` (E.164) and `lid` is known."""

    account_id: str
    phone: str | None
    lid: str | None

    @property
    def phones(self) -> tuple[str, ...]:
        """In every form they could be written."""
        return forms(self.phone) if self.phone else ()


def address_of(phone: str) -> str:
    """The phone-number address of an E.164 number."""
    return f"{phone[1:]}@{PN_SERVER}"
