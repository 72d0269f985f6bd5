"""Phone numbers of countries that write one line in two forms, of which WhatsApp knows only one: which one, it alone
can say.

Brazil put a 9 in front of mobile numbers, Mexico had a 1 behind the country code, Argentina has a 9 there for mobiles,
Benin put 01 in front of everything in 2024. Accounts keep the form they were opened with.
"""

import re

_FORMS = (
    (re.compile(r"\+55([1-9]{2})9([6-9][0-9]{7})", re.ASCII), r"+55\1\2"),
    (re.compile(r"\+55([1-9]{2})([6-9][0-9]{7})", re.ASCII), r"+55\g<1>9\2"),
    (re.compile(r"\+521([0-9]{10})", re.ASCII), r"+52\1"),
    (re.compile(r"\+52([0-9]{10})", re.ASCII), r"+521\1"),
    (re.compile(r"\+549([0-9]{10})", re.ASCII), r"+54\1"),
    (re.compile(r"\+54([0-9]{10})", re.ASCII), r"+549\1"),
    (re.compile(r"\+22901([0-9]{8})", re.ASCII), r"+229\1"),
    (re.compile(r"\+229([0-9]{8})", re.ASCII), r"+22901\1"),
)
_COUNTRIES = ("+55", "+52", "+54", "+229")


def twin(phone: str) -> str | None:
    """The same line written differently (E.164); None where a number has one form."""
    if not phone.startswith(_COUNTRIES):
        return None
    for pattern, replacement in _FORMS:
        if match := pattern.fullmatch(phone):
            return match.expand(replacement)
    return None


def forms(phone: str) -> tuple[str, ...]:
    """The given one and, where there is one, the other."""
    other = twin(phone)
    return (phone,) if other is None else (phone, other)
