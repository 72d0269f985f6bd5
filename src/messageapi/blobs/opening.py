"""Open the blob door that a setting names."""

from pathlib import Path

from messageapi.blobs.folder import FolderBlobs
from messageapi.blobs.port import BlobError, Blobs
from messageapi.blobs.s3 import open_s3

FOLDER = "blobs"


def open_blobs(url: str, folder: Path) -> Blobs:
    """`folder` is where files lie when the url is empty: `blobs` in the data folder. Raise BlobError(bad_url)."""
    if not url:
        return FolderBlobs(folder)
    if url.startswith("s3://"):
        return open_s3(url)
    raise BlobError(
        "bad_url", "MESSAGEAPI_BLOBS_URL begins with s3:// or is empty, which means a folder.", permanent=True
    )
