"""A disk that is full for a while costs the network nothing."""

import errno
from pathlib import Path

import pytest

from messageapi.sandbox import published, snapshot
from messageapi.sandbox.network import Network
from messageapi.sandbox.phones.phone import Phone
from messageapi.sandbox.published import write_private
from messageapi.sandbox.server.mediastore import MediaStore
from messageapi.sandbox.shown import InboxMessage
from messageapi.sandbox.snapshot import Snapshots
from messageapi.sandbox.wire.tokens import Tokens

TOKENS = Tokens(
    ("", *(f"s{n}" for n in range(235))), tuple(tuple(f"d{table}-{n}" for n in range(256)) for table in range(4))
)


def network(folder: Path) -> Network:
    return Network(TOKENS, MediaStore(folder / "media"), Phone.create)


def entry(number: int) -> InboxMessage:
    return InboxMessage(
        n=number,
        id=f"M{number}",
        from_="+15550001",
        from_lid="",
        from_device=0,
        chat="+15550001",
        group=False,
        own=False,
        at=number,
        enc="msg",
        type="text",
        text=f"text {number}",
    )


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


async def test_what_could_not_be_saved_is_saved_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = network(tmp_path)
    snapshots = Snapshots(tmp_path / "state", ours)
    account = ours.open_account("15550002")

    def come(number: int) -> None:
        account.phone.inbox.add(entry(number))
        account.touch()

    come(1)
    await snapshots.save_changes()
    come(2)
    with monkeypatch.context() as disk:
        disk.setattr(snapshot, "append_private", cut_off)
        await snapshots.save_changes()
    come(3)
    await snapshots.save_changes()

    later = network(tmp_path)
    Snapshots(tmp_path / "state", later).load()
    restored = later.accounts["15550002"].phone.inbox
    assert [(found.n, found.text) for n in (1, 2, 3) if (found := restored.entry(n))] == [
        (1, "text 1"),
        (2, "text 2"),
        (3, "text 3"),
    ]


def cut_off(path: Path, data: bytes) -> None:
    published.append_private(path, data[: len(data) // 2])
    full()


async def test_groups_that_could_not_be_saved_are_saved_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = network(tmp_path)
    ours.groups_dirty = True
    snapshots = Snapshots(tmp_path / "state", ours)
    with monkeypatch.context() as disk:
        disk.setattr(snapshot, "write_private", full)
        await snapshots.save_changes()
    assert ours.groups_dirty
    await snapshots.save_changes()
    assert not ours.groups_dirty
    assert (tmp_path / "state" / "network.msgpack").exists()


def test_a_file_that_could_not_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_private(tmp_path / "kept", b"as it was")
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_private(tmp_path / "kept", b"as it shall be")
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept").read_bytes() == b"as it was"
