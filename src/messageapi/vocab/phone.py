"""Recipients as people write them, turned into WhatsApp addresses. Any possible number passes: WhatsApp knows better.

Understood: digits with country code, `+` or `00` in front, spaces, dashes, dots, slashes and parentheses anywhere,
national form where the account has a default country, and addresses in @s.whatsapp.net, @c.us, @lid, @g.us and
@newsletter, and status@broadcast.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from messageapi.vocab.jid import GROUP_SERVER, LID_SERVER, NEWSLETTER_SERVER, PN_SERVER, STATUS

EXAMPLE = "Write the number with its country code, for example +4915112345678."
LONGEST = 100  # characters looked at; the longest address, an old group's, has 36

_SEPARATORS = re.compile(r"[\s().\-/\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069]+")
_DIGITS = re.compile(r"[0-9]{5,20}", re.ASCII)
_NEWSLETTER = re.compile(r"[0-9]{5,25}", re.ASCII)
_GROUP = re.compile(r"[0-9]{5,20}(-[0-9]{5,20})?", re.ASCII)


class RecipientError(ValueError):
    """`code` is stable, `message` is a sentence that says what to write instead. Never quotes what was written."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Recipient(NamedTuple):
    """`jid` addresses the chat; of `phone` (E.164) and `lid` one is known for a person, none for others."""

    jid: str
    phone: str | None = None
    lid: str | None = None


def is_country(code: str) -> bool:
    """Two letters (ISO 3166) of a country that has phone numbers."""
    return code in phonenumbers.SUPPORTED_REGIONS


def needs_country(text: str) -> bool:
    """True for the national form: one zero in front, so only a default country can complete it."""
    plain = _digits(text)
    return plain.startswith("0") and not plain.startswith("00") and "@" not in plain


@lru_cache(maxsize=16_384)  # phonenumbers takes 60 microseconds a number, and people write to the same ones again
def recipient(text: str, country: str | None = None) -> Recipient:
    """Raise RecipientError: recipient_missing or recipient_malformed."""
    plain = _normal(text).strip()
    if not plain:
        raise RecipientError("recipient_missing", f"There is no recipient. {EXAMPLE}")
    if "@" in plain:
        return _address(plain.lower())
    return _person(e164(plain, country))


def e164(text: str, country: str | None = None) -> str:
    """`+` and digits. Raise RecipientError(recipient_malformed)."""
    plain = _digits(text)
    international = plain.removeprefix("+") if plain.startswith("+") else plain.removeprefix("00")
    if not _DIGITS.fullmatch(international):
        raise _malformed("The recipient is not a phone number.")
    national = international == plain and plain.startswith("0")
    if national and not country:
        raise _malformed("The recipient has no country code.")
    try:
        number = phonenumbers.parse(plain, country) if national else phonenumbers.parse(f"+{international}")
    except phonenumbers.NumberParseException:
        raise _malformed("The recipient has no country code that exists.") from None
    if not phonenumbers.is_possible_number(number):
        raise _malformed("The recipient has too few or too many digits for its country.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _normal(text: str) -> str:
    if len(text) > LONGEST:
        raise _malformed("The recipient is too long.")
    return unicodedata.normalize("NFKC", text)


def _digits(text: str) -> str:
    return _SEPARATORS.sub("", _normal(text))


def _person(phone: str) -> Recipient:
    return Recipient(f"{phone[1:]}@{PN_SERVER}", phone=phone)


def _address(text: str) -> Recipient:
    user, _, server = text.rpartition("@")
    user = user.partition(":")[0].strip()  # the device: a message goes to the person, on all their devices
    if text == STATUS:
        return Recipient(STATUS)
    if server in {PN_SERVER, "c.us"}:
        return _person(e164(user))
    if server == GROUP_SERVER and _GROUP.fullmatch(user):
        return Recipient(f"{user}@{GROUP_SERVER}")
    if server == NEWSLETTER_SERVER and _NEWSLETTER.fullmatch(user):
        return Recipient(f"{user}@{NEWSLETTER_SERVER}")
    if server == LID_SERVER and _DIGITS.fullmatch(user):
        return Recipient(f"{user}@{LID_SERVER}", lid=f"{user}@{LID_SERVER}")
    raise _malformed("The recipient is not an address that WhatsApp has.")


def _malformed(why: str) -> RecipientError:
    return RecipientError("recipient_malformed", f"{why} {EXAMPLE}")
