"""MESSAGEAPI_BLOBS_URL: a folder, a bucket, or a sentence that says what to write."""

from pathlib import Path
from typing import Any

import pytest

from messageapi.blobs.folder import FolderBlobs
from messageapi.blobs.opening import open_blobs
from messageapi.blobs.port import BlobError
from messageapi.blobs.s3 import S3Blobs

WRONG = [
    "http://bucket/x",
    "s3:",
    "s3://",
    "s3:///prefix",
    "s3://b?endpoint",
    "s3://b?colour=red",
    "s3://[b/x",
    "blobs",
]


def test_empty_means_a_folder(tmp_path: Path) -> None:
    assert isinstance(open_blobs("", tmp_path), FolderBlobs)


def test_a_bucket_needs_no_more_than_its_name(tmp_path: Path) -> None:
    assert isinstance(open_blobs("s3://bucket", tmp_path), S3Blobs)


@pytest.mark.parametrize("url", WRONG)
def test_a_wrong_setting_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(BlobError, match="bad_url"):
        open_blobs(url, tmp_path)


def test_a_refusal_quotes_no_secret(tmp_path: Path) -> None:
    with pytest.raises(BlobError) as caught:
        open_blobs("s3://key:tango@bucket/x?colour=red", tmp_path)
    assert "tango" not in str(caught.value)


async def test_a_store_that_is_not_there_is_unreachable(tmp_path: Path, chunks: Any) -> None:
    blobs = open_blobs("s3://key:secret@bucket/x?endpoint=http://127.0.0.1:9", tmp_path)
    with pytest.raises(BlobError, match="unreachable") as caught:
        await blobs.put(chunks([b"x"]))
    assert not caught.value.permanent
    assert "127.0.0.1" not in str(caught.value)


async def test_a_bucket_that_does_not_exist_is_an_error(tmp_path: Path, s3_server: str, chunks: Any) -> None:
    blobs = open_blobs(f"s3://key:secret@no-such-bucket/x?endpoint={s3_server}", tmp_path)
    with pytest.raises(BlobError):
        await blobs.put(chunks([b"x"]))
