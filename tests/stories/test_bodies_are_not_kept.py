"""A body is never on the disk in the clear, and when it is not needed any more its sealed bytes are gone as well."""

import dataclasses
import secrets
from pathlib import Path
from typing import Any

import pytest

from messageapi.engines.port import Inbound
from messageapi.store.sqlite_file import truncate_wal
from messageapi.store.tables import bodies
from messageapi.vocab.content import Letter, Text
from messageapi.workers.chores import Chores


def on_disk(folder: Path, needle: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


@pytest.fixture
def canary() -> str:
    return f"canary-{secrets.token_hex(24)}"


async def sealed_now(doors: Any) -> bytes:
    async with doors.db.reading() as tx:
        (body,) = await tx.rows(bodies.select())
    return bytes(body.sealed)


async def test_the_text_is_never_on_the_disk(worker: Any, story: Any, canary: Any, tmp_path: Any) -> None:
    message_id = await story.say(canary)
    assert on_disk(tmp_path, canary.encode()) == []
    await story.until(message_id, "read")
    assert on_disk(tmp_path, canary.encode()) == []


async def test_after_sent_and_a_checkpoint_the_sealed_body_is_gone(worker: Any, story: Any, tmp_path: Any) -> None:
    story.host.hold = True
    message_id = await story.say("Hello")
    await story.eventually(lambda: story.host.submitted)
    sealed = await sealed_now(story.doors)
    assert on_disk(tmp_path, sealed), "the search must find what is there"
    story.host.play(story.number)
    await story.until(message_id, "read")
    await story.eventually(lambda: truncate_wal(tmp_path / "data" / "messageapi.db"))
    assert on_disk(tmp_path, sealed) == []


async def test_a_received_body_is_sealed_and_gone_after_its_time(
    worker: Any, story: Any, canary: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    dana = "12025550177@s.whatsapp.net"
    story.host.report(
        story.number,
        Inbound(
            "A1", dana, dana, "+12025550177", "", "Dana", "text", Letter(content=Text(canary)), story.simulator.now_ms()
        ),
    )
    await story.eventually(lambda: story.host.journals[story.number].taken == 1)
    sealed = await sealed_now(story.doors)
    assert on_disk(tmp_path, canary.encode()) == []
    later = dataclasses.replace(story.doors, clock=lambda: story.simulator.now_ms() + 73 * 3_600_000)
    await Chores(later).turn()
    await story.eventually(lambda: truncate_wal(tmp_path / "data" / "messageapi.db"))
    assert on_disk(tmp_path, sealed) == []
