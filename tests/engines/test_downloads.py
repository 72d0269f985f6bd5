"""A host fetches the file of a received message and leaves it sealed in the blob door, or leaves nothing."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from messageapi.blobs.folder import FolderBlobs
from messageapi.blobs.port import BlobError, Stored
from messageapi.engines.host.commands.downloads import Downloads
from messageapi.engines.port import Download, Downloaded, EngineError, Refused, SessionSpec
from messageapi.engines.scripted import ScriptedEngine, ScriptedSession
from messageapi.vocab.content import Media, Remote

PLAIN = bytes(range(256)) * 9_000  # more than two of the pieces it is sealed in
REMOTE = Remote(kind="image", path="/v/1.enc", key=bytes(32), enc_sha256=b"e" * 32)
MEDIA = Media(name="", key=b"", sha256=hashlib.sha256(PLAIN).digest(), size=len(PLAIN), mime="image/png", remote=REMOTE)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def downloads(blobs: FolderBlobs) -> Downloads:
    return Downloads(blobs)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_the_file_lies_sealed_where_the_answer_says(
    session: ScriptedSession, engine: ScriptedEngine, downloads: Downloads, blobs: FolderBlobs, tmp_path: Path
) -> None:
    engine.files["/v/1.enc"] = PLAIN
    media = (await downloads.fetch(session, MEDIA)).media
    assert (media.sha256, media.size, media.mime, media.remote) == (MEDIA.sha256, len(PLAIN), "image/png", REMOTE)
    assert b"".join([chunk async for chunk in blobs.get(media.name, media.key)]) == PLAIN
    assert all(PLAIN[:64] not in path.read_bytes() for path in files_in(tmp_path / "blobs"))


async def test_what_is_not_the_file_of_the_message_is_not_kept(
    session: ScriptedSession, engine: ScriptedEngine, downloads: Downloads, tmp_path: Path
) -> None:
    engine.files["/v/1.enc"] = PLAIN + b"!"
    with pytest.raises(EngineError) as problem:
        await downloads.fetch(session, MEDIA)
    assert problem.value.code == "media_damaged"
    assert not files_in(tmp_path / "blobs")


async def test_a_message_without_a_digest_gets_the_true_one(
    session: ScriptedSession, engine: ScriptedEngine, downloads: Downloads
) -> None:
    engine.files["/v/1.enc"] = PLAIN
    unsaid = Media(name="", key=b"", sha256=b"", size=0, mime="image/png", remote=REMOTE)
    media = (await downloads.fetch(session, unsaid)).media
    assert (media.sha256, media.size) == (MEDIA.sha256, len(PLAIN))


@pytest.mark.parametrize(("code", "told"), [("full", "storage_full"), ("unreachable", "no_answer")])
async def test_a_place_that_takes_no_files_is_told_apart(
    session: ScriptedSession, engine: ScriptedEngine, code: str, told: str
) -> None:
    class Broken(FolderBlobs):
        async def put(self, chunks: AsyncIterator[bytes]) -> Stored:  # noqa: ARG002
            raise BlobError(code, "No.", permanent=False)

    engine.files["/v/1.enc"] = PLAIN
    with pytest.raises(EngineError) as problem:
        await Downloads(Broken(Path("/nowhere"))).fetch(session, MEDIA)
    assert problem.value.code == told


async def test_a_host_is_told_to_fetch_over_the_bus(
    session: ScriptedSession, engine: ScriptedEngine, worker: Any, host: Any, blobs: FolderBlobs
) -> None:
    engine.files["/v/1.enc"] = PLAIN
    answer = await worker.tell("h1", Download("num_1", 1, MEDIA))
    assert isinstance(answer, Downloaded), answer
    assert answer.media.name
    assert [chunk async for chunk in blobs.get(answer.media.name, answer.media.key)]


async def test_a_file_that_whatsapp_has_no_more_is_said_to_be_gone(session: ScriptedSession, worker: Any) -> None:
    answer = await worker.tell("h1", Download("num_1", 1, MEDIA))
    assert isinstance(answer, Refused)
    assert answer.code == "media_gone"


async def test_without_a_connection_nothing_is_fetched(session: ScriptedSession, worker: Any) -> None:
    session.drop()
    answer = await worker.tell("h1", Download("num_1", 1, MEDIA))
    assert isinstance(answer, Refused)
    assert answer.code == "not_connected"


async def test_another_epoch_has_no_say_in_downloads(session: ScriptedSession, worker: Any, spec: SessionSpec) -> None:
    answer = await worker.tell("h1", Download("num_1", spec.epoch + 1, MEDIA))
    assert isinstance(answer, Refused)
    assert answer.code == "stale_epoch"
