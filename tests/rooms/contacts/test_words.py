"""Which texts opt out and in: the whole text has to be one of the words, however it is written."""

import pytest

from messageapi.contacts.words import EVERYBODYS, START, STOP, Words, plain


@pytest.mark.parametrize(
    "text", ["STOP", " stop ", "Stop!", "stop.", "\u201cStop\u201d", "ＳＴＯＰ", "*STOP*", "Unsubscribe"]
)
def test_a_word_counts_however_it_is_written(text: str) -> None:
    assert EVERYBODYS.wish(text) == "stop"


@pytest.mark.parametrize("text", ["Abmelden", "ARRÊT", "Baja", "退订", "Стоп", "הסר", "Rezygnuję"])
def test_words_of_many_languages_are_known(text: str) -> None:
    assert EVERYBODYS.wish(text) == "stop"


@pytest.mark.parametrize(
    "text", ["Please stop by", "stop it", "non-stop", "", "!", "cancel", "no", "Ja", "the end", "stopstop", "s t o p"]
)
def test_ordinary_answers_are_no_wish(text: str) -> None:
    assert EVERYBODYS.wish(text) is None


def test_who_wants_to_come_back_says_start() -> None:
    assert [EVERYBODYS.wish(text) for text in ("Start", "UNSTOP", "Alta!", "Старт")] == ["start"] * 4


def test_an_accounts_own_words_replace_everybodys() -> None:
    own = Words(frozenset({plain("No Más")}), frozenset({"again"}))
    assert [own.wish(text) for text in ("no más!", "Again", "STOP")] == ["stop", "start", None]


def test_no_word_means_both() -> None:
    assert not set(map(plain, STOP)) & set(map(plain, START))
