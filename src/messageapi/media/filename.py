"""Names of files as they may be shown and saved: no folders, no tricks with direction, not endless."""

import mimetypes
import re
import unicodedata

LONGEST = 200
_FOLDERS = re.compile(r"[/\\:]")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, and marks such as the one that turns `gpj.exe` around."""


def clean(given: str) -> str:
    """Empty when nothing is left."""
    last = _FOLDERS.split(given)[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter) not in _UNSEEN).strip(" .")
    return _shortened(seen)


def named(given: str, mime: str) -> str:
    """What a document is called: as it was given, or `file` with an ending that fits."""
    return clean(given) or f"file{mimetypes.guess_extension(mime, strict=False) or ''}"


def _shortened(name: str) -> str:
    """The ending stays: it is what the receiver's phone opens it by."""
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 16:
        return name[:LONGEST]
    return f"{stem[: LONGEST - len(ending) - 1]}.{ending}"
