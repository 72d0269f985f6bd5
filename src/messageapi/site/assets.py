"""The site's static files, read once."""

from functools import cache
from pathlib import Path

from messageapi.web.assets import Asset, read_assets

_FOLDER = Path(__file__).parent / "static"
PREFIX = "/static"


@cache
def assets() -> tuple[Asset, ...]:
    return read_assets(_FOLDER)


@cache
def address(path: str) -> str:
    """Where a page finds the file; new content has a new address. Raise LookupError for one that does not exist."""
    tag = next((asset.tag for asset in assets() if asset.path == path), None)
    if tag is None:
        raise LookupError(path)
    return f"{PREFIX}/{path}?v={tag.strip(chr(34))[:12]}"
