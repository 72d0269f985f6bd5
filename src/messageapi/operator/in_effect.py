"""The settings this server runs with, without what would let somebody in."""

from typing import get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from messageapi.settings import Settings

MASK = "•••"
SECRET = frozenset({"database_url", "nats_url", "blobs_url", "mail_url"})
"""URLs that can hold passwords, keys and tokens."""
_WORDS = frozenset({"", "console"})


class Shown(msgspec.Struct, frozen=True):
    """`variable`: how it is set from the environment. `changed`: it is not the default."""

    name: str
    variable: str
    value: str
    about: str
    changed: bool


def in_effect(settings: Settings) -> list[Shown]:
    """In the order of the reference."""
    hints = get_type_hints(Settings, include_extras=True)
    shown = []
    for field in msgspec.structs.fields(Settings):
        value = getattr(settings, field.name)
        metas = [each for each in getattr(hints[field.name], "__metadata__", ()) if isinstance(each, Meta)]
        about = next((each.description for each in metas if each.description), "")
        text = masked(value) if field.name in SECRET else str(value)
        variable = f"MESSAGEAPI_{field.name.upper()}"
        shown.append(Shown(field.name, variable, text, about, changed=value != field.default))
    return shown


def masked(value: str) -> str:
    """`postgresql://•••@host:5432/name`: where it leads, and neither who nor with what."""
    if value in _WORDS:
        return value
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return MASK
    if not parts.scheme or "://" not in value:
        return MASK
    who = f"{MASK}@" if "@" in parts.netloc else ""
    rest = f"?{MASK}" if parts.query else ""
    return f"{parts.scheme}://{who}{host}{f':{port}' if port else ''}{parts.path}{rest}"
