"""Where neonize's native library lies, on disk and in the memory of this process."""

import ctypes
import hashlib
import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class LibraryError(RuntimeError):
    """neonize is not installed, or not for this machine, or not loaded."""


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of this process's memory that is mapped from the library's file."""

    start: int
    end: int
    permissions: str

    @property
    def private_writable(self) -> bool:
        """Writable, and copied on write: what is written here never reaches the file."""
        return self.permissions.startswith("rw") and self.permissions.endswith("p")

    def read(self) -> bytes:
        return ctypes.string_at(self.start, self.end - self.start)


def library_version() -> str:
    try:
        return metadata.version("neonize")
    except metadata.PackageNotFoundError as error:
        raise LibraryError("neonize is not installed; install the locked requirements") from error


def library_file() -> Path:
    """The native library of the installed wheel, found without importing (and so loading) it."""
    version = library_version()
    architecture = _ARCHITECTURES.get(platform.machine().lower(), platform.machine())
    name = f"neonize-{platform.system().lower()}-{architecture}.so"
    for file in metadata.files("neonize") or ():
        path = Path(str(file.locate()))
        if path.name == name and path.is_file():
            return path
    raise LibraryError(f"neonize {version} holds no {name}; the sandbox needs Linux on amd64 or arm64")


def library_digest() -> str:
    with library_file().open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def loaded_regions() -> list[Region]:
    """The readable regions of the library in this process; empty when it is not loaded."""
    path = str(library_file().resolve())
    regions = []
    for line in Path("/proc/self/maps").read_text().splitlines():
        columns = line.split(maxsplit=5)
        if len(columns) == 6 and columns[5].removesuffix(" (deleted)") == path and columns[1].startswith("r"):
            start, end = (int(address, 16) for address in columns[0].split("-"))
            regions.append(Region(start, end, columns[1]))
    return regions
