"""Lucide's icons, drawn into the page, so that they are there with the first paint."""

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

_FOLDER = Path(__file__).parent / "icons"
_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_SPACE = re.compile(r">\s+<")


def icon(name: str, size: int = 16, label: str = "") -> Markup:
    """Without a label it is decoration, and readers of screens pass it over."""
    about = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(  # noqa: S704 - vendored files, and an escaped label
        f'<svg class="icon" width="{size}" height="{size}" viewBox="0 0 24 24" {about}>{_shape(name)}</svg>'
    )


@cache
def _shape(name: str) -> str:
    """Raise FileNotFoundError for an icon that is not vendored."""
    found = _INSIDE.search((_FOLDER / f"{name}.svg").read_text("utf-8"))
    if found is None:
        raise ValueError(f"{name}.svg holds no drawing")
    return _SPACE.sub("><", found[1].strip())
