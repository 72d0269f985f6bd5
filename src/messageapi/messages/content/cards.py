"""vCards of contacts."""

from messageapi.messages import errors
from messageapi.messages.content.requests import ContactCard
from messageapi.vocab.content import Card

_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def card(given: ContactCard, phone: str | None) -> Card:
    """`phone` in E.164. Raise Problem field_invalid."""
    if given.vcard is not None:
        return Card(given.name, _checked(given.vcard))
    if phone is None:
        raise errors.field_invalid("phone", "of a contact must be a phone number. Correct it.")
    name = given.name.translate(_ESCAPES)
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:;{name};;;", f"FN:{name}"]
    if given.organization:
        lines.append(f"ORG:{given.organization.translate(_ESCAPES)};")
    # WhatsApp offers to write to the contact when the number carries its id there
    lines += [f"TEL;type=CELL;type=VOICE;waid={phone[1:]}:{phone}", "END:VCARD"]
    return Card(given.name, "\n".join(lines))


def _checked(vcard: str) -> str:
    plain = vcard.strip()
    if not (plain.upper().startswith("BEGIN:VCARD") and plain.upper().endswith("END:VCARD")):
        raise errors.field_invalid("vcard", "must begin with BEGIN:VCARD and end with END:VCARD. Correct it.")
    return plain
