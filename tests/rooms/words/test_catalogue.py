"""Translations: chosen by tag, English where there are none, in templates and beside them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment

from messageapi.words import catalogue as module
from messageapi.words.catalogue import catalogue, direction, language_for, language_of, languages, said, speaking
from messageapi.words.moments import moment, since

GERMAN = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Hello %(name)s,"
msgstr "Hallo %(name)s,"

msgid "%(num)s hour"
msgid_plural "%(num)s hours"
msgstr[0] "%(num)s Stunde"
msgstr[1] "%(num)s Stunden"

msgid "It broke."
msgstr "Es ist kaputt."

msgid "You have {0} keys (of {1}). Remove some."
msgstr "Von {1} Schlüsseln hast du {0}. Entferne welche."

msgid "Wait {0} seconds."
msgstr "Warte {1} Sekunden."

msgid "Say {{name}} to {0} people."
msgstr "Sage {0} Leuten {{name}}."
"""


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "de.po").write_text(GERMAN, "utf-8")
    (tmp_path / "ar.po").write_text("", "utf-8")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    catalogue.cache_clear()
    module._with_blanks.cache_clear()
    yield
    catalogue.cache_clear()
    module._with_blanks.cache_clear()


@pytest.mark.usefixtures("german")
def test_a_template_speaks_the_language() -> None:
    page = speaking(Environment(autoescape=True), "de").from_string(
        '{{ _("Hello %(name)s,", name=name) }} {{ ngettext("%(num)s hour", "%(num)s hours", 2) }} {{ why | said }}'
    )
    assert page.render(name="<b>", why="It broke.") == "Hallo &lt;b&gt;, 2 Stunden Es ist kaputt."


@pytest.mark.parametrize(
    ("sentence", "translated"),
    [
        ("It broke.", "Es ist kaputt."),
        ("You have 20 keys (of 1,000). Remove some.", "Von 1,000 Schlüsseln hast du 20. Entferne welche."),
        ("You have {1} keys (of %s). Remove some.", "Von %s Schlüsseln hast du {1}. Entferne welche."),
        ("You have 20 keys [of 1,000]. Remove some.", "You have 20 keys [of 1,000]. Remove some."),
        ("Wait 5 seconds.", "Wait 5 seconds."),
        ("Say {name} to 5 people.", "Sage 5 Leuten {name}."),
        ("", ""),
    ],
)
@pytest.mark.usefixtures("german")
def test_a_sentence_is_found_by_what_its_blanks_became(sentence: str, translated: str) -> None:
    """One whose translation has other blanks stays English, and nothing that was put in is put in again."""
    assert said("de", sentence) == translated
    assert said("en", sentence) == sentence


@pytest.mark.usefixtures("german")
def test_what_is_not_translated_stays_english() -> None:
    assert catalogue("de").gettext("Nobody has translated this") == "Nobody has translated this"


@pytest.mark.parametrize(("wish", "found"), [("de", "de"), ("DE_at", "de"), ("fr", "en"), ("", "en"), ("../etc", "en")])
@pytest.mark.usefixtures("german")
def test_the_nearest_language_is_chosen(wish: str, found: str) -> None:
    assert language_for(wish) == found


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("fr,de;q=0.5", "de"),
        ("de;q=0.1,en;q=0.9", "en"),
        ("*", "en"),
        ("", "en"),
        (";q=,;;,q=x,de;q=nonsense", "en"),
    ],
)
@pytest.mark.usefixtures("german")
def test_a_browsers_wish_is_understood(header: str, found: str) -> None:
    assert language_of(header) == found


@pytest.mark.usefixtures("german")
def test_directions_and_lists() -> None:
    assert languages() == ["ar", "de", "en"]
    assert (direction("ar"), direction("de"), direction("en")) == ("rtl", "ltr", "ltr")


@pytest.mark.usefixtures("german")
def test_times_are_written_as_people_there_write_them() -> None:
    noon = 1_795_348_800_000
    assert moment(noon, language="de", time_zone="Europe/Berlin") == "22.11.2026, 13:00:00"
    assert moment(noon, time_zone="Not/AZone").replace("\N{NARROW NO-BREAK SPACE}", " ") == "Nov 22, 2026, 12:00:00 PM"
    assert since(noon - 180_000, noon) == "3 minutes ago"
    assert since(noon - 180_000, noon, language="de") == "vor 3 Minuten"
