"""The form of a key: what is ours, what is mistyped, what is stored of it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from messageapi.keys.format import ALPHABET, LENGTH, make, parse

positions = st.integers(0, LENGTH - 1)


def test_a_key_is_a_prefix_and_38_base62_characters() -> None:
    assert re.fullmatch(r"msg_[0-9A-Za-z]{38}", make())


def test_two_keys_share_neither_lookup_nor_hash() -> None:
    first, second = parse(make()), parse(make())
    assert first
    assert second
    assert first.lookup != second.lookup
    assert first.hash != second.hash


def test_what_is_stored_of_a_key_does_not_contain_it() -> None:
    key = make()
    secret = parse(key)
    assert secret
    assert len(secret.hash) == 32
    assert key[14:] not in repr(secret)


@given(positions, st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(position: int, wrong: str) -> None:
    key = make()
    mistyped = key[:position] + wrong + key[position + 1 :]
    assert parse(mistyped) is None or mistyped == key


@given(positions.filter(lambda at: at < LENGTH - 1))
def test_two_swapped_characters_are_always_noticed(position: int) -> None:
    key = make()
    swapped = key[:position] + key[position + 1] + key[position] + key[position + 2 :]
    assert parse(swapped) is None or swapped == key


@given(st.text())
def test_other_texts_are_no_keys(text: str) -> None:
    assert parse(text) is None
    assert parse(f"msg_{text}") is None


def test_a_cut_off_key_is_noticed() -> None:
    assert parse(make()[:-1]) is None
