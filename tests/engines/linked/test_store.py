"""The look into a session's store before the library opens it."""

import sqlite3
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


def test_a_damaged_store_holds_no_device(folder: Path) -> None:
    (folder / "whatsapp.db").write_bytes(b"no database" * 1000)
    assert not store.holds_device(folder, JID)
    assert not store.settle(folder)


def test_a_settled_store_is_one_file(folder: Path) -> None:
    with sqlite3.connect(folder / "whatsapp.db") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("INSERT INTO whatsmeow_device VALUES ('more')")
    assert store.settle(folder)
    database.close()
    assert sorted(path.name for path in folder.iterdir()) == ["whatsapp.db"]


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
