"""The token dictionary (version 3) of WhatsApp's binary nodes, read from the user's own neonize and never shipped.

The words lie in the loaded library as tables of Go strings (pointer and length). Loading it costs 35 MB, so a short
child process (`python -m messageapi.sandbox.wire.tokens`) reads them and the result is cached as JSON.
"""

import ctypes
import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from messageapi.engines.linked.library.file import (
    LibraryError,
    Region,
    library_digest,
    library_file,
    library_version,
    loaded_regions,
)

_SINGLE_SIZE, _DOUBLE_SIZE = 236, 256
_SINGLE_BASE, _DOUBLE_BASE = 1, 236
_LONGEST_TOKEN = 256
_HEADER = struct.Struct("<QQ")
_DEADLINE_SECONDS = 60
# One rare word of each table and its place there: the single tokens from 1 on, then the four tables of 256.
_SINGLE_ANCHOR = (0, "xmlstreamstart")
_DOUBLE_ANCHORS = (
    (0, "read-self"),
    (254, "ptt_conversation_waveform"),
    (1, "ptt_playback_speed_enabled"),
    (1, "profile_picture"),
)


class TokensError(RuntimeError):
    """The dictionary cannot be read from the installed library."""


@dataclass(frozen=True)
class Tokens:
    """The dictionary and the two tables the node codec works with."""

    single: tuple[str, ...]
    double: tuple[tuple[str, ...], ...]
    by_tag: tuple[str | None, ...] = field(init=False, repr=False)
    codes: dict[str, bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.single) != _SINGLE_SIZE or [len(table) for table in self.double] != [_DOUBLE_SIZE] * 4:
            raise TokensError("a token dictionary has 236 single and 4 x 256 double tokens")
        codes = {
            token: bytes((_DOUBLE_BASE + number, index))
            for number, table in enumerate(self.double)
            for index, token in enumerate(table)
        }
        codes.update({token: bytes((tag,)) for tag, token in enumerate(self.single) if token})
        object.__setattr__(self, "codes", codes)
        no_token = (None,) * (256 - _SINGLE_SIZE)
        object.__setattr__(self, "by_tag", (None, *self.single[_SINGLE_BASE:], *no_token))


def load_tokens(cache_dir: Path) -> Tokens:
    """The dictionary of the installed neonize, from the cache when this very library file was read before."""
    try:
        cache = cache_dir / f"tokens-{library_version()}-{library_digest()[:16]}.json"
    except LibraryError as error:
        raise TokensError(str(error)) from error
    try:
        return _parse(cache.read_text())
    except (FileNotFoundError, TokensError, UnicodeDecodeError):
        text = _read_in_child()
    except OSError as error:
        raise TokensError(f"the cached dictionary {cache} cannot be read: {error.strerror}") from error
    tokens = _parse(text)
    try:
        _write_private(cache, text)
    except OSError as error:
        raise TokensError(f"the dictionary cannot be kept in {cache_dir}: {error.strerror}") from error
    return tokens


def _parse(text: str) -> Tokens:
    try:
        content = json.loads(text)
        return Tokens(tuple(content["single"]), tuple(map(tuple, content["double"])))
    except (ValueError, KeyError, TypeError) as error:
        raise TokensError("the cached token dictionary is damaged") from error


def _read_in_child() -> str:
    command = [sys.executable, "-m", __spec__.name]
    try:
        child = subprocess.run(command, capture_output=True, text=True, timeout=_DEADLINE_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise TokensError(f"reading the token dictionary took more than {_DEADLINE_SECONDS} s") from error
    if child.returncode:
        reason = child.stderr.strip().splitlines()[-1:] or [f"exit code {child.returncode}"]
        raise TokensError(f"the token dictionary could not be read: {reason[0]}")
    return child.stdout


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:  # created with mode 0600
        file.write(text)
    Path(file.name).replace(path)


# --- in the child ---


class _Memory:
    """The library's memory, read once."""

    def __init__(self, regions: list[Region]) -> None:
        self._chunks = [(region.start, region.read()) for region in regions]

    def read(self, address: int, size: int) -> bytes | None:
        for start, chunk in self._chunks:
            if start <= address and address + size <= start + len(chunk):
                return chunk[address - start : address - start + size]
        return None

    def find(self, pattern: bytes) -> Iterator[int]:
        for start, chunk in self._chunks:
            at = chunk.find(pattern)
            while at >= 0:
                yield start + at
                at = chunk.find(pattern, at + 1)

    def string(self, header_address: int) -> str | None:
        """The Go string whose header lies at that address, if one plausibly does."""
        header = self.read(header_address, _HEADER.size)
        if header is None:
            return None
        pointer, size = _HEADER.unpack(header)
        data = self.read(pointer, size) if 0 < size <= _LONGEST_TOKEN else None
        return data.decode() if data is not None and data.isascii() else None


def _table(memory: _Memory, anchor: tuple[int, str], size: int) -> list[str]:
    """The table of `size` strings that holds the anchor word at its place."""
    index, word = anchor
    for address in memory.find(word.encode()):
        for header in memory.find(_HEADER.pack(address, len(word))):
            first = header - index * _HEADER.size
            words = [memory.string(first + place * _HEADER.size) for place in range(size)]
            found = [text for text in words if text is not None]
            if len(found) == size:
                return found
    raise TokensError(f"neonize {library_version()} holds no dictionary of version 3 where one is expected")


def read_tokens() -> Tokens:
    """Load the library into this process and read the dictionary from its memory."""
    path = library_file()
    try:
        ctypes.CDLL(str(path))
    except OSError as error:
        raise TokensError(f"the native library of neonize does not load: {error}") from error
    memory = _Memory(loaded_regions())
    single = _table(memory, _SINGLE_ANCHOR, _SINGLE_SIZE - _SINGLE_BASE)
    double = [_table(memory, anchor, _DOUBLE_SIZE) for anchor in _DOUBLE_ANCHORS]
    return Tokens(("", *single), tuple(map(tuple, double)))


def _main() -> int:
    try:
        tokens = read_tokens()
    except (TokensError, LibraryError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    json.dump({"single": tokens.single, "double": tokens.double}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # the Go runtime inside the library has threads; an ordinary exit may meet them half torn down


if __name__ == "__main__":
    sys.exit(_main())
