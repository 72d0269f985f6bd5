"""The look into a session's store before the library opens it."""

import sqlite3
import sys
from pathlib import Path

import pytest

from messageapi.engines.linked import store

JID = "4915100000001:2@s.whatsapp.net"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "with space ?#%"
    path.mkdir()
    with sqlite3.connect(path / "whatsapp.db") as database:
        database.execute("CREATE TABLE whatsmeow_device (jid TEXT PRIMARY KEY)")
        database.execute("INSERT INTO whatsmeow_device VALUES (?)", (JID,))
    database.close()
    return path


def test_a_device_that_is_there_is_found(folder: Path) -> None:
    assert store.holds_device(folder, JID)


def test_a_device_that_is_not_there_is_missed(folder: Path, tmp_path: Path) -> None:
    assert not store.holds_device(folder, "4915100000001:3@s.whatsapp.net")
    assert not store.holds_device(tmp_path / "nothing", JID)


def test_once_the_library_may_have_it_open_another_process_looks(folder: Path) -> None:
    store.data_source(folder)
    assert store.holds_device(folder, JID)
    assert not store.holds_device(folder, "4915100000001:3@s.whatsapp.net")


def test_a_store_that_is_locked_is_not_taken_for_an_empty_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a busy machine would make numbers look logged out."""
    held = sqlite3.connect(folder / "whatsapp.db", isolation_level=None)
    held.execute("PRAGMA locking_mode=EXCLUSIVE")
    held.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(store, "_BUSY_S", 0.05)
    with pytest.raises(store.StoreUnreadableError):
        store.holds_device(folder, JID)
    store.data_source(folder)
    monkeypatch.setattr(store, "_LOOK_S", 0.001)
    with pytest.raises(store.StoreUnreadableError):
        store.holds_device(folder, JID)
    held.close()


def test_a_store_without_the_library_s_tables_holds_no_device(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "whatsapp.db").execute("CREATE TABLE other (x)").connection.close()
    assert not store.holds_device(tmp_path, JID)


def test_a_damaged_store_holds_no_device(folder: Path) -> None:
    (folder / "whatsapp.db").write_bytes(b"no database" * 1000)
    assert not store.holds_device(folder, JID)
    assert not store.settle(folder)


def test_a_settled_store_is_sound_and_complete_without_its_log(folder: Path) -> None:
    held = sqlite3.connect(folder / "whatsapp.db")  # as the library holds it: open, with changes in the log only
    held.execute("PRAGMA journal_mode=WAL")
    held.execute("INSERT INTO whatsmeow_device VALUES ('more')")
    held.commit()
    assert store.settle(folder)
    alone = folder.parent / "alone.db"
    alone.write_bytes((folder / "whatsapp.db").read_bytes())
    assert sqlite3.connect(alone).execute("SELECT count(*) FROM whatsmeow_device").fetchone() == (2,)
    held.close()


def test_no_look_opens_the_store_beside_the_library(folder: Path) -> None:
    """Locks are those of a process: closing any descriptor of the file would drop the library's."""
    store.data_source(folder)
    opened: list[str] = []
    watching = True

    def note(name: str, arguments: tuple[object, ...]) -> None:
        if watching and name in {"open", "sqlite3.connect"}:
            opened.append(str(arguments[0]))

    sys.addaudithook(note)  # for the life of this process
    assert store.holds_device(folder, JID)
    assert store.settle(folder)
    watching = False
    assert [path for path in opened if "whatsapp.db" in path] == []


def test_the_name_given_to_the_library_is_a_uri_with_wal(folder: Path) -> None:
    name = store.data_source(folder)
    path, _, options = name.partition("?")
    assert "with%20space%20%3F%23%25" in path
    assert "_journal_mode=WAL" in options
    assert options.endswith("&x=")


def test_forgotten_credentials_are_deleted(folder: Path) -> None:
    store.forget(folder)
    assert list(folder.iterdir()) == []
    store.forget(folder)
