"""Alice's number on a host of this process, whose engine has the files that WhatsApp would have."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from messageapi.bus import subjects
from messageapi.bus.port import Reply
from messageapi.engines.batches import EventBatch, Handed, Taken
from messageapi.engines.host.host import Host, HostConfig
from messageapi.engines.port import Inbound, OpenSession, SessionSpec
from messageapi.engines.scripted import ScriptedEngine
from messageapi.messages.following.events import News, apply
from messageapi.vocab.content import Content, Document, Image, Letter, Media, Remote

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 600  # two of the blob door's frames, and some
LID = "90000000001@lid"
PATH = "/v/t62/1.enc?ccb=11-4"


async def take(_: str, payload: bytes, reply: Reply | None) -> None:
    """In place of a worker's inbox: the host's last events are taken, so that it stops at once."""
    batches = [
        msgspec.msgpack.decode(each, type=EventBatch) for each in msgspec.msgpack.decode(payload, type=Handed).batches
    ]
    assert reply
    await reply(msgspec.msgpack.encode(Taken([each.first + len(each.events) - 1 for each in batches])))


Brings = Callable[..., Awaitable[str]]


def remote(plain: bytes, path: str = PATH, mime: str = "image/png") -> Media:
    lies = Remote(kind="image", path=path, key=bytes(32), enc_sha256=b"e" * 32)
    return Media(name="", key=b"", sha256=hashlib.sha256(plain).digest(), size=len(plain), mime=mime, remote=lies)


@pytest.fixture
def engine() -> ScriptedEngine:
    made = ScriptedEngine()
    made.files[PATH] = PNG
    return made


@pytest.fixture
async def host(doors: Any, bus: Any, engine: ScriptedEngine, tmp_path: Path) -> AsyncIterator[Host]:
    told = {"hostId": "h1", "kind": "engine", "network": "sandbox", "busUrl": "", "sessions": str(tmp_path / "s")}
    started = Host(msgspec.convert(told, HostConfig), bus, engine, doors.blobs)
    await bus.subscribe(subjects.INBOXES, take)
    await started.start()
    yield started
    started.stop()
    await asyncio.wait_for(started.stopped.wait(), 20)


@pytest.fixture
async def number(doors: Any, make: Any, alice: Any, host: Host) -> str:
    """Connected, and held by the host."""
    made = str(await make.make_number(doors, alice.caller))

    await make.make_placement(doors, made, host_id="h1")
    spec = SessionSpec(made, 1, "sandbox", "folder1", bytes(range(32)), "4915100000001:2@s.whatsapp.net")
    await host.commands._answered(OpenSession(spec))
    return made


@pytest.fixture
def session(engine: ScriptedEngine, number: str) -> Any:
    return engine.sessions[number]


@pytest.fixture
def brings(alice: Any, doors: Any, number: str) -> Brings:
    """Somebody sends this; our id of the message."""
    count = iter(range(1, 1000))

    async def came(content: Content | None = None) -> str:
        letter = Letter(content=content or Image(media=remote(PNG)))
        kind = type(letter.content).__name__.lower()
        wa_id = f"IN{next(count)}"
        inbound = Inbound(wa_id, LID, LID, "+4915222222222", LID, "Somebody", kind, letter, doors.clock())
        news = [News(number, alice.account_id, await doors.keyring.sealer(alice.account_id), [inbound])]
        return str((await doors.db.writer.run(lambda tx: apply(tx, doors.clock(), 72, news)))[0])

    return came


@pytest.fixture
def picture() -> bytes:
    return PNG


@pytest.fixture
def file() -> Callable[..., Media]:
    """`file(plain, path, mime)`: as the message that brings it describes it."""
    return remote


@pytest.fixture
def document(engine: ScriptedEngine) -> Callable[..., Document]:
    """`document(plain, mime, filename)`, which WhatsApp has."""

    def made(plain: bytes, mime: str, filename: str = "") -> Document:
        path = f"/v/{hashlib.sha256(plain).hexdigest()}.enc?x"
        engine.files[path] = plain
        return Document(media=remote(plain, path, mime), filename=filename)

    return made


@pytest.fixture
def blobs(doors: Any) -> Callable[[], list[Path]]:
    """What lies in the blob door."""
    return lambda: [path for path in (doors.settings.data_folder / "blobs").rglob("*") if path.is_file()]
