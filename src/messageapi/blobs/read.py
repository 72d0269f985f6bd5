"""The file of a message for a thread that sends it."""

import hashlib

from messageapi.blobs.port import BlobError, Blobs
from messageapi.vocab.content import Media


def read_blob_sync(blobs: Blobs, media: Media) -> bytes:
    """All of it (at most what the limits allowed, 100 MB). Blocks. Raise BlobError when it is gone or not the same."""
    plain = blobs.read(media.name, media.key)
    if len(plain) != media.size or hashlib.sha256(plain).digest() != media.sha256:
        raise BlobError("damaged", "A stored file is not what was put there.", permanent=True)
    return plain
