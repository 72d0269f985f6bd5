"""Every word people read is in the catalogue, and a translation keeps what the product puts in."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

PLACES = re.compile(r"%\(\w+\)s|</?\w+|\{\d+\}")
GERMAN = """
msgid "Hello %(name)s,"
msgstr "Hallo %(nmae)s,"

msgid "You have {0} keys, {1} of them used."
msgstr "{1} von {0} Schlüsseln werden benutzt."

msgid "Only {0} keys."
msgstr "Nur {1} Schlüssel."

msgid "<b>Now</b>"
msgstr "<i>Jetzt</i>"
"""


def broken(catalog: Catalog) -> list[str]:
    """Translations in which something is missing that the source has, or stands that the source has not."""
    return [str(message.id) for message in catalog if message.id and not _keeps(message)]


def _keeps(message: Message) -> bool:
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    wanted = [sorted(PLACES.findall(str(each))) for each in ids]
    return all(sorted(PLACES.findall(str(each))) in wanted for each in strings if each)


@pytest.fixture(scope="module")
def words(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("words")


@pytest.fixture(scope="module")
def gathered(words: ModuleType) -> Catalog:
    found = words.gathered()
    assert isinstance(found, Catalog)
    return found


def test_the_catalogue_has_every_word(words: ModuleType, gathered: Catalog) -> None:
    assert words.written(gathered) == words.TEMPLATE.read_bytes(), "run: make words"


def test_a_word_of_each_kind_of_source_is_found(gathered: Catalog) -> None:
    assert gathered.get("Confirm your email address"), "of a template"
    assert gathered.get("You stopped this number. Restart it to keep sending."), "of a table"
    assert gathered.get("This is not your password. Try again."), "of a problem"
    assert gathered.get("You have {0} passkeys. Remove those that are not used."), "of a problem with a blank"
    assert not gathered.get("{0}"), "nothing but a blank"


def test_translations_keep_what_is_put_in(root: Path) -> None:
    for path in (root / "src" / "messageapi" / "words").glob("*.po"):
        with path.open("rb") as file:
            assert broken(read_po(file, locale=path.stem.replace("-", "_"))) == [], path.name


def test_a_translation_that_loses_something_is_noticed() -> None:
    assert broken(read_po(BytesIO(GERMAN.encode()), locale="de")) == [
        "Hello %(name)s,",
        "Only {0} keys.",
        "<b>Now</b>",
    ]


def test_words_of_emails_have_no_markup(gathered: Catalog) -> None:
    """Their HTML takes a translation as it is, and their text form would show the tags."""
    emails = [
        str(message.id)
        for message in gathered
        if any(str(place).startswith("notices/") for place, _ in message.locations)
    ]
    assert emails
    assert [words for words in emails if re.search(r"[<>&]", words)] == []
