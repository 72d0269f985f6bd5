"""The journal: sealed, read back whole, tolerant of a torn end, intolerant of a wrong key."""

import os
from pathlib import Path

import pytest

from messageapi.engines.host.journal.file import Journal, JournalError, read

KEY = bytes(32)
RECORDS = [b"first", b"second record with the text of a message", b"third"]


def written(path: Path, records: list[bytes]) -> Journal:
    journal = Journal(path, KEY, "num_1", records[:1])
    for record in records[1:]:
        journal.append(record)
    return journal


def test_what_was_appended_is_read_back_in_order(tmp_path: Path) -> None:
    written(tmp_path / "journal", RECORDS)  # not closed: a killed host closes nothing
    assert read(tmp_path / "journal", KEY, "num_1").records == RECORDS


def test_a_missing_journal_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path / "journal", KEY, "num_1").records == []


def test_nothing_is_readable_on_disk(tmp_path: Path) -> None:
    written(tmp_path / "journal", RECORDS)
    data = (tmp_path / "journal").read_bytes()
    assert not any(record in data for record in RECORDS)
    assert (tmp_path / "journal").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("cut", [1, 7, 20])
def test_a_torn_end_loses_the_last_record_only(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "journal"
    written(path, RECORDS)
    os.truncate(path, path.stat().st_size - cut)
    found = read(path, KEY, "num_1")
    assert found.records == RECORDS[:2]
    assert found.torn > 0


def test_garbage_behind_the_last_record_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written(path, RECORDS)
    with path.open("ab") as file:
        file.write(b"\x10\x00\x00\x00garbage that is no record")
    assert read(path, KEY, "num_1").records == RECORDS


def test_another_key_is_refused_and_not_taken_for_an_empty_journal(tmp_path: Path) -> None:
    written(tmp_path / "journal", RECORDS)
    with pytest.raises(JournalError, match="another key"):
        read(tmp_path / "journal", b"\x01" * 32, "num_1")


def test_a_journal_of_another_number_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "journal", RECORDS)
    with pytest.raises(JournalError):
        read(tmp_path / "journal", KEY, "num_2")


def test_records_cannot_change_places(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path, KEY, "num_1", [])
    start = path.stat().st_size
    journal.append(b"one__")
    middle = path.stat().st_size
    journal.append(b"two__")
    data = path.read_bytes()
    path.write_bytes(data[:start] + data[middle:] + data[start:middle])
    with pytest.raises(JournalError):
        read(path, KEY, "num_1")


def test_a_new_start_leaves_the_old_records_behind(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = written(path, RECORDS)
    journal.restart([b"only this"])
    journal.append(b"and this")
    assert read(path, KEY, "num_1").records == [b"only this", b"and this"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["journal"]


def test_the_same_record_never_looks_the_same_twice(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", KEY, "num_1", [])
    journal.append(b"same", b"same")
    first = (tmp_path / "journal").read_bytes()
    journal.restart([b"same", b"same"])
    second = (tmp_path / "journal").read_bytes()
    pieces = [data[-20:] for data in (first, second)] + [data[-48:-28] for data in (first, second)]
    assert len(set(pieces)) == 4


def test_a_full_disk_is_said_and_a_new_start_mends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal"
    journal = written(path, RECORDS)
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[: len(data) // 2]))
    with pytest.raises(JournalError, match="disk is full"):
        journal.append(b"half of this")
    monkeypatch.undo()
    with pytest.raises(JournalError):
        journal.append(b"behind half a record nothing can be read")
    journal.restart([*RECORDS, b"whole"])
    assert read(path, KEY, "num_1").records == [*RECORDS, b"whole"]
