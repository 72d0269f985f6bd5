"""The files of the media server, under the hash of what clients uploaded. It holds ciphertext and cannot read it."""

import hashlib
import re
import tempfile
from pathlib import Path

LARGEST_STORE = 2 << 30
_PATH = re.compile(r"/v/sandbox/([0-9a-f]{64})\.enc")


class MediaStore:
    """Files in one folder; the oldest go when the folder is full."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, upload: Path, name: str) -> str:
        """Take over a finished upload; returns the direct path by which it is downloaded."""
        kept = self.folder / name
        if not kept.exists():
            kept.hardlink_to(upload)
        self._make_room()
        return f"/v/sandbox/{name}.enc?ccb=11-4&oh=01&oe=7FFFFFFF&_nc_sid=0"

    def put(self, file: bytes) -> str:
        """Store what a phone has sealed; returns its direct path."""
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix="upload-") as upload:
            upload.write(file)
            upload.flush()
            return self.keep(Path(upload.name), hashlib.sha256(file).hexdigest())

    def find(self, direct_path: str) -> Path | None:
        """The file a direct path leads to. Whatever it says, it never leads out of the folder."""
        match = _PATH.fullmatch(direct_path.partition("?")[0])
        path = self.folder / match[1] if match else None
        return path if path and path.is_file() else None

    def _make_room(self) -> None:
        files = sorted(self.folder.glob("[0-9a-f]*"), key=lambda file: file.stat().st_mtime)
        size = sum(file.stat().st_size for file in files)
        while size > LARGEST_STORE and len(files) > 1:
            oldest = files.pop(0)
            size -= oldest.stat().st_size
            oldest.unlink()
