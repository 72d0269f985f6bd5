"""Sealing: what is sealed opens for its own account and name only, and a master key others could read is refused."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.store.vault import KEY, OVERHEAD, Sealer, SealError, Vault

ALICE, CHARLIE = "acc_alice", "acc_charlie"
SEALER = Sealer(ALICE, bytes(range(32)))


@pytest.fixture
def sealer(vault: Vault) -> Sealer:
    return vault.sealer(ALICE, vault.new_account_key())


@given(plain=st.binary(max_size=4096), about=st.text(max_size=40))
def test_what_was_sealed_opens_again(plain: bytes, about: str) -> None:
    sealed = SEALER.seal(plain, about)
    assert SEALER.open(sealed, about) == plain
    assert len(sealed) == len(plain) + OVERHEAD


@given(place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_one_changed_bit_is_noticed(place: int, bit: int) -> None:
    sealed = bytearray(SEALER.seal(b"hello", "m-1"))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(SealError):
        SEALER.open(bytes(sealed), "m-1")


@given(length=st.integers(min_value=0, max_value=OVERHEAD + 4))
def test_a_cut_value_is_noticed(length: int) -> None:
    with pytest.raises(SealError):
        SEALER.open(SEALER.seal(b"hello", "m-1")[:length], "m-1")


def test_the_same_thing_never_looks_the_same(sealer: Sealer) -> None:
    assert len({sealer.seal(b"hello", "m-1") for _ in range(100)}) == 100


def test_a_value_moved_to_another_row_does_not_open(sealer: Sealer) -> None:
    with pytest.raises(SealError):
        sealer.open(sealer.seal(b"hello", "m-1"), "m-2")


def test_a_value_of_another_account_does_not_open_even_under_the_same_key(vault: Vault) -> None:
    key = vault.new_account_key()
    with pytest.raises(SealError):
        vault.sealer(CHARLIE, key).open(vault.sealer(ALICE, key).seal(b"hello", "m-1"), "m-1")


def test_every_account_has_a_key_of_its_own(vault: Vault) -> None:
    mine, theirs = (vault.sealer(ALICE, vault.new_account_key()) for _ in range(2))
    with pytest.raises(SealError):
        theirs.open(mine.seal(b"hello", "m-1"), "m-1")


def test_an_error_says_nothing_of_the_content(sealer: Sealer) -> None:
    with pytest.raises(SealError) as told:
        sealer.open(sealer.seal(b"canary-in-a-body", "m-1"), "m-2")
    assert "canary" not in str(told.value)
    assert told.value.code == "seal_broken"
    assert told.value.__cause__ is None


def test_a_sealer_opens_what_another_one_of_the_same_key_has_sealed(vault: Vault) -> None:
    key = vault.new_account_key()
    sealed = vault.sealer(ALICE, key).seal(b"hello", "m-1")
    assert vault.sealer(ALICE, key).open(sealed, "m-1") == b"hello"


def test_the_key_file_is_made_for_the_owner_only_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "master.key"
    sealed_key = Vault.open(path).new_account_key()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.stat().st_size == KEY
    assert [each.name for each in path.parent.iterdir()] == ["master.key"]
    sealed = Vault.open(path).sealer(ALICE, sealed_key).seal(b"hello", "m-1")
    assert Vault.open(path).sealer(ALICE, sealed_key).open(sealed, "m-1") == b"hello"


def test_a_key_file_is_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(bytes(KEY))
    path.chmod(0o600)
    monkeypatch.setattr(Path, "exists", lambda _: False)  # another process made it after we looked
    Vault.open(path)
    assert path.read_bytes() == bytes(KEY)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    Vault.open(path)
    path.chmod(mode)
    with pytest.raises(SealError) as told:
        Vault.open(path)
    assert told.value.code == "key_file"
    assert f"chmod 600 {path}" in told.value.detail


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_key_file_of_the_wrong_size_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(os.urandom(size))
    path.chmod(0o600)
    with pytest.raises(SealError) as told:
        Vault.open(path)
    assert "not 32 bytes" in told.value.detail


def test_a_lost_key_file_is_not_replaced_when_data_depends_on_it(tmp_path: Path) -> None:
    with pytest.raises(SealError) as told:
        Vault.open(tmp_path / "master.key", create=False)
    assert "cannot be read" in told.value.detail
    assert not (tmp_path / "master.key").exists()


def test_another_master_key_is_named_as_the_reason(tmp_path: Path) -> None:
    sealed_key = Vault.open(tmp_path / "one.key").new_account_key()
    with pytest.raises(SealError) as told:
        Vault.open(tmp_path / "two.key").sealer(ALICE, sealed_key)
    assert "master key file" in told.value.detail
