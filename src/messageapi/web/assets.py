"""Static files that are read once. Only what was found then can be served, so no path leads anywhere else."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
_COMPRESSED_ALREADY = {".png", ".ico", ".woff2"}


@dataclass(frozen=True)
class Asset:
    """A static file."""

    path: str  # in the address, below the folder's prefix
    content: bytes
    media_type: str

    @cached_property
    def compressed(self) -> bytes | None:
        """None where it would not become smaller."""
        if Path(self.path).suffix in _COMPRESSED_ALREADY:
            return None
        return gzip.compress(self.content, 6, mtime=0)

    @cached_property
    def tag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:20]}"'


def read_assets(folder: Path) -> tuple[Asset, ...]:
    """Every file below it of a kind that browsers load; licences and versions stay on the disk."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in _MEDIA_TYPES)
    return tuple(
        Asset(path.relative_to(folder).as_posix(), path.read_bytes(), _MEDIA_TYPES[path.suffix]) for path in files
    )
