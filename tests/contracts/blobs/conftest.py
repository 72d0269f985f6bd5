"""The blob door on a folder and on a real S3 server; each test runs once on each."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest

from messageapi.blobs.opening import open_blobs
from messageapi.blobs.port import Blobs

BUCKET = "files"
SECRET = "a/secret+with=signs"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Its address. Loopback, a port of its own."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - a second to load, for those who ask

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


class Bucket:
    """What lies in a store, looked at from the other side."""

    def __init__(self, server: str, prefix: str) -> None:
        import boto3  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

        self._client = boto3.client(
            "s3", endpoint_url=server, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key=SECRET
        )
        self._prefix = prefix

    def create(self) -> None:
        self._client.create_bucket(Bucket=BUCKET)

    def names(self) -> list[str]:
        found = self._client.list_objects_v2(Bucket=BUCKET, Prefix=f"{self._prefix}/").get("Contents", [])
        return [each["Key"].rpartition("/")[2] for each in found]

    def read(self, name: str) -> bytes:
        return bytes(self._client.get_object(Bucket=BUCKET, Key=f"{self._prefix}/{name}")["Body"].read())

    def write(self, name: str, content: bytes) -> None:
        self._client.put_object(Bucket=BUCKET, Key=f"{self._prefix}/{name}", Body=content)

    def unfinished(self) -> int:
        return len(self._client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []))


class Folder:
    """The same for a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        return [path.name for path in self._folder.rglob("*") if path.is_file()]

    def read(self, name: str) -> bytes:
        return self._place(name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        self._place(name).parent.mkdir(parents=True, exist_ok=True)
        self._place(name).write_bytes(content)

    def unfinished(self) -> int:
        return sum(name.endswith(".part") for name in self.names())

    def _place(self, name: str) -> Path:
        return self._folder / name[:2] / name


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Folder | Bucket]:
    """The setting, and a way to look behind the door."""
    if request.param == "folder":
        return "", Folder(tmp_path / "blobs")
    server = request.getfixturevalue("s3_server")
    bucket = Bucket(server, tmp_path.name)
    bucket.create()
    return f"s3://k:{quote(SECRET, safe='')}@{BUCKET}/{tmp_path.name}?endpoint={server}", bucket


@pytest.fixture
async def blobs(place: tuple[str, object], tmp_path: Path) -> AsyncIterator[Blobs]:
    opened = open_blobs(place[0], tmp_path / "blobs")
    yield opened
    await opened.close()


@pytest.fixture
def behind(place: tuple[str, object]) -> object:
    return place[1]


@pytest.fixture
def chunks() -> Callable[[Sequence[bytes]], AsyncIterator[bytes]]:
    async def each(parts: Sequence[bytes]) -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    return each
