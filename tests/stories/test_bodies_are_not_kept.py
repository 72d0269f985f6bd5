"""A body is never on the disk in the clear, and when it is not needed any more its sealed bytes are gone as well."""

import secrets
from pathlib import Path

import pytest

from messageapi.engines.port import Inbound
from messageapi.store.sqlite import truncate_wal
from messageapi.store.tables import bodies
from messageapi.workers.chores import Chores


def on_disk(folder: Path, needle: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


@pytest.fixture
def canary() -> str:
    return f"canary-{secrets.token_hex(24)}"


async def sealed_now(doors) -> bytes:
    async with doors.db.reading() as tx:
        (body,) = await tx.rows(bodies.select())
    return body.sealed


async def test_the_text_is_never_on_the_disk(worker, number, say, until, canary, tmp_path):
    message_id = await say(canary)
    assert on_disk(tmp_path, canary.encode()) == []
    await until(message_id, "read")
    assert on_disk(tmp_path, canary.encode()) == []


async def test_after_sent_and_a_checkpoint_the_sealed_body_is_gone(
    worker, doors, host, number, say, until, tmp_path, eventually
):
    host.hold = True
    message_id = await say("Hello")
    await eventually(lambda: host.submitted)
    sealed = await sealed_now(doors)
    assert on_disk(tmp_path, sealed), "the search must find what is there"
    host.play(number)
    await until(message_id, "read")
    await eventually(lambda: truncate_wal(tmp_path / "data" / "messageapi.db"))
    assert on_disk(tmp_path, sealed) == []


async def test_a_received_body_is_sealed_and_gone_after_its_time(
    worker, doors, host, number, eventually, canary, tmp_path, simulator, monkeypatch
):
    dana = "12025550177@s.whatsapp.net"
    host.report(number, Inbound("A1", dana, dana, "+12025550177", "", "Dana", "text", canary, simulator.now_ms()))
    await eventually(lambda: host.journals[number].taken == 1)
    sealed = await sealed_now(doors)
    assert on_disk(tmp_path, canary.encode()) == []
    later = type(doors)(
        doors.settings, doors.db, doors.bus, doors.bells, doors.vault, lambda: simulator.now_ms() + 73 * 3_600_000, doors.keyring
    )
    await Chores(later).turn()
    await eventually(lambda: truncate_wal(tmp_path / "data" / "messageapi.db"))
    assert on_disk(tmp_path, sealed) == []
