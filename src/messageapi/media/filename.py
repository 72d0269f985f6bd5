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


def named(chosen: str, found: str, mime: str) -> str:
    """What a document is called: as its sender chose, or as it was found, with an ending that fits if it has none."""
    if name := clean(chosen):
        return name
    name = clean(found) or "file"
    return name if "." in name else name + (mimetypes.guess_extension(mime, strict=False) or "")


def _shortened(name: str) -> str:
    """The ending stays: it is what the receiver's phone opens it by."""
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 16:
        return name[:LONGEST]
    return f"{stem[: LONGEST - len(ending) - 1]}.{ending}"
