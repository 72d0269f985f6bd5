"""Pages and static files, read once. Only what is listed here can be served, so no path leads anywhere else."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from string import Template

_HERE = Path(__file__).parent
_MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """A static file."""

    path: str  # in the address, below /static/
    content: bytes
    media_type: str

    @cached_property
    def compressed(self) -> bytes:
        return gzip.compress(self.content, 6, mtime=0)

    @cached_property
    def tag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:20]}"'


@cache
def assets() -> tuple[Asset, ...]:
    """Every file below static/ of a kind that browsers load; licences and versions stay on the disk."""
    folder = _HERE / "static"
    files = sorted(path for path in folder.rglob("*") if path.suffix in _MEDIA_TYPES)
    return tuple(
        Asset(path.relative_to(folder).as_posix(), path.read_bytes(), _MEDIA_TYPES[path.suffix]) for path in files
    )


@cache
def page(name: str) -> Template:
    return Template((_HERE / "pages" / f"{name}.html").read_text("utf-8"))
