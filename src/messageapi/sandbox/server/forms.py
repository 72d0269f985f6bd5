"""Numbers written in two forms of which WhatsApp knows one: it finds them by either and answers the real one.

Brazil put a 9 in front of mobile numbers, Mexico had a 1 behind the country code, Argentina has a 9 there.
"""

import re

_FORMS = (
    (re.compile(r"55([1-9]{2})9([6-9][0-9]{7})"), r"55\1\2"),
    (re.compile(r"55([1-9]{2})([6-9][0-9]{7})"), r"55\g<1>9\2"),
    (re.compile(r"521([0-9]{10})"), r"52\1"),
    (re.compile(r"52([0-9]{10})"), r"521\1"),
    (re.compile(r"549([0-9]{10})"), r"54\1"),
    (re.compile(r"54([0-9]{10})"), r"549\1"),
)


def other_form(number: str) -> str | None:
    """The same line written differently, None where a number has one form only."""
    for pattern, replacement in _FORMS:
        if match := pattern.fullmatch(number):
            return match.expand(replacement)
    return None
