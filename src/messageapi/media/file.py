"""A file of an account: what is known of it, and the part of that which lies sealed."""

import msgspec

from messageapi.blobs.port import Stored
from messageapi.media.find import Row
from messageapi.store.vault import Sealer
from messageapi.vocab.content import Media


class File(msgspec.Struct, frozen=True):
    """In the blob door. `filename` is as its sender called it, cleaned."""

    stored: Stored
    mime: str
    filename: str

    def media(self) -> Media:
        stored = self.stored
        return Media(name=stored.name, key=stored.key, sha256=stored.sha256, size=stored.size, mime=self.mime)


class Sealed(msgspec.Struct, frozen=True):
    """What tells about the content: the key, the digest that a known file is recognised by, and the name."""

    key: bytes
    sha256: bytes
    filename: str


def seal(sealer: Sealer, media_id: str, file: File) -> bytes:
    hidden = Sealed(file.stored.key, file.stored.sha256, file.filename)
    return sealer.seal(msgspec.msgpack.encode(hidden), _about(media_id))


def unseal(sealer: Sealer, row: Row) -> File:
    hidden = msgspec.msgpack.decode(sealer.open(row.sealed, _about(row.id)), type=Sealed)
    return File(Stored(row.name, hidden.key, hidden.sha256, row.size), row.mime, hidden.filename)


def _about(media_id: str) -> str:
    return f"media:{media_id}"
