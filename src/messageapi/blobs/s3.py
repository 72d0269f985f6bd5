"""The twin on an S3-compatible store. It sees sealed bytes only."""

import contextlib
import re
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from messageapi.blobs.port import BlobError, Stored
from messageapi.blobs.sealing import SEALED_FRAME, Opening, Sealing, not_found, opened

if TYPE_CHECKING:
    from obstore.store import S3Config  # exists for type checkers alone

_NAME = re.compile(r"[0-9a-f]{32}")
_REQUEST = timedelta(seconds=60)
_CONNECT = timedelta(seconds=10)
_RETRIES = timedelta(seconds=30)
_PART = 5 << 20
"""S3 takes no smaller parts but the last."""


class S3Blobs:
    """Keys are `<prefix>/<name>`. A broken upload is aborted; what a crash leaves is the bucket's own affair."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    async def put(self, chunks: AsyncIterator[bytes]) -> Stored:
        sealing, name, fed = Sealing(), secrets.token_hex(16), Fed(chunks)
        with _in_our_words(), fed.own_failure():
            await obstore.put_async(
                self._store, name, sealing.sealed(fed.chunks()), chunk_size=_PART, max_concurrency=2
            )
        return sealing.stored(name)

    async def get(self, name: str, key: bytes) -> AsyncIterator[bytes]:
        opening = Opening(key)
        with _in_our_words():
            answer = await obstore.get_async(self._store, _checked(name))
            async for sealed in answer.stream(min_chunk_size=SEALED_FRAME):
                for plain in opening.feed(bytes(sealed)):
                    yield plain
        yield opening.end()

    def read(self, name: str, key: bytes) -> bytes:
        with _in_our_words():
            sealed = bytes(obstore.get(self._store, _checked(name)).bytes())
        return opened(key, sealed)

    async def drop(self, names: Sequence[str]) -> None:
        known = [name for name in names if _NAME.fullmatch(name)]
        for start in range(0, len(known), 1000):  # as many as one request may name
            with _in_our_words(), contextlib.suppress(NotFoundError, FileNotFoundError):
                await obstore.delete_async(self._store, known[start : start + 1000])

    async def names(self, older_than_ms: int) -> AsyncIterator[str]:
        before = datetime.fromtimestamp(older_than_ms / 1000, UTC)
        with _in_our_words():
            async for page in obstore.list(self._store):
                for each in page:
                    if each["last_modified"] < before and _NAME.fullmatch(each["path"]):
                        yield each["path"]

    async def close(self) -> None:
        """The client ends its connections by itself."""


class Fed:
    """The chunks of an upload. The client turns their failure into one of its own: here it comes out as it was."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._failure: Exception | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._chunks:
                yield chunk
        except Exception as failure:
            self._failure = failure
            raise

    @contextlib.contextmanager
    def own_failure(self) -> Iterator[None]:
        try:
            yield
        except Exception:
            if self._failure is not None:
                raise self._failure from None
            raise


def open_s3(url: str) -> S3Blobs:
    """`s3://<access key>:<secret>@<bucket>/<prefix>?endpoint=https://...&region=...`; without keys the environment's.

    Raise BlobError(bad_url); it quotes nothing of the URL.
    """
    try:
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        bucket = parts.hostname
    except ValueError:
        raise _bad_url() from None
    if not bucket or options.keys() - {"endpoint", "region"}:
        raise _bad_url()
    return S3Blobs(_store(bucket, parts.path.strip("/"), options, (parts.username, parts.password)))


def _store(bucket: str, prefix: str, options: dict[str, str], keys: tuple[str | None, str | None]) -> S3Store:
    endpoint, (access, secret) = options.get("endpoint"), keys
    config: S3Config = {"region": options.get("region", "us-east-1"), "virtual_hosted_style_request": not endpoint}
    if endpoint:
        config["endpoint"] = endpoint
    if access and secret:
        config |= {"access_key_id": unquote(access), "secret_access_key": unquote(secret)}
    plain = bool(endpoint and endpoint.startswith("http://"))
    try:
        return S3Store(
            bucket,
            prefix=prefix or None,
            config=config,
            client_options={"timeout": _REQUEST, "connect_timeout": _CONNECT, "allow_http": plain},
            retry_config={"max_retries": 3, "retry_timeout": _RETRIES},
        )
    except (BaseError, ValueError):
        raise _bad_url() from None


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise not_found()
    return name


def _bad_url() -> BlobError:
    return BlobError(
        "bad_url",
        "MESSAGEAPI_BLOBS_URL is not one of ours. Leave it empty for a folder, or write "
        "s3://access-key:secret@bucket/prefix?endpoint=https://host&region=name.",
        permanent=True,
    )


@contextlib.contextmanager
def _in_our_words() -> Iterator[None]:
    """The client's texts quote addresses and answers; ours do not. Failures of whoever feeds an upload pass."""
    try:
        yield
    except (NotFoundError, FileNotFoundError):
        raise not_found() from None
    except BaseError as problem:
        if "NoSpace" in str(problem) or "QuotaExceeded" in str(problem):
            raise BlobError("full", "The store of files is full.", permanent=False) from None
        raise BlobError("unreachable", "The store of files does not answer as it should.", permanent=False) from None
