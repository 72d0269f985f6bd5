"""Cursors: opaque, and good for one list of one account."""

import pytest

from messageapi.errors import Problem
from messageapi.store.vault import Sealer, Vault
from messageapi.web import paging


@pytest.fixture
def sealer(vault: Vault) -> Sealer:
    return vault.sealer("acc_1", vault.new_account_key())


@pytest.fixture
def stranger(vault: Vault) -> Sealer:
    return vault.sealer("acc_2", vault.new_account_key())


def test_a_cursor_leads_back_to_its_position_and_shows_nothing_of_it(sealer: Sealer) -> None:
    given = paging.cursor(sealer, "keys", "key_canary")
    assert "canary" not in given
    assert len(given) < paging.CURSOR_LENGTH
    assert paging.position(sealer, "keys", given) == "key_canary"


def test_a_cursor_of_another_account_or_list_is_refused(sealer: Sealer, stranger: Sealer) -> None:
    given = paging.cursor(sealer, "keys", "key_1")
    for other, listing in ((stranger, "keys"), (sealer, "numbers")):
        with pytest.raises(Problem) as refused:
            paging.position(other, listing, given)
        assert refused.value.code == "cursor_invalid"


@pytest.mark.parametrize("made_up", ["", "x", "key_1", "ä", "AAAA" * 40, "\ud800", "=" * 10])
def test_a_made_up_cursor_is_refused(sealer: Sealer, made_up: str) -> None:
    with pytest.raises(Problem):
        paging.position(sealer, "keys", made_up)


def test_the_last_page_has_no_cursor(sealer: Sealer) -> None:
    assert paging.page(sealer, "keys", [("1", "a"), ("2", "b")], 2).next_cursor is None


def test_a_full_page_names_the_last_row_it_shows(sealer: Sealer) -> None:
    page = paging.page(sealer, "keys", [("1", "a"), ("2", "b"), ("3", "c")], 2)
    assert page.items == ["a", "b"]
    assert page.next_cursor
    assert paging.position(sealer, "keys", page.next_cursor) == "2"
