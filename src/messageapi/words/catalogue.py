"""Translations by language, read from the .po files beside this module: there is no step in which they are compiled."""

import gettext
import re
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment

FOLDER = Path(__file__).parent
SOURCE = "en"


def languages() -> list[str]:
    """What can be chosen, by its tag."""
    return sorted({SOURCE, *(path.stem for path in FOLDER.glob("*.po"))})


def language_for(wish: str) -> str:
    """The one of ours that comes nearest to a tag such as `de-AT`; English when none does."""
    tag = wish.replace("_", "-").strip().lower()
    known = {each.lower(): each for each in languages()}
    return known.get(tag) or known.get(tag.partition("-")[0]) or SOURCE


def language_of(header: str) -> str:
    """The best of ours for an Accept-Language header."""
    wishes = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, weight = part.partition(";q=")
        try:
            wishes.append((-float(weight or 1), place, tag.strip()))
        except ValueError:
            continue
    known = languages()
    for _, _, tag in sorted(wishes):
        found = language_for(tag)
        if found in known and (found != SOURCE or tag.lower().partition("-")[0] == SOURCE):
            return found
    return SOURCE


def locale_of(language: str) -> Locale:
    """How that language writes dates, numbers and lines."""
    return Locale.parse(language_for(language), sep="-")


def direction(language: str) -> str:
    """`ltr` or `rtl`."""
    return str(locale_of(language).text_direction)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """What is not translated stays English."""
    translated = _read(language)
    if translated is None:
        return gettext.NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, translated)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def said(language: str, sentence: str) -> str:
    """A sentence that was made elsewhere, such as a problem's, in this language. What stands in its blanks stays."""
    if not sentence:
        return sentence
    whole = catalogue(language).gettext(sentence)
    if whole != sentence:
        return whole
    found = ((words, match) for pattern, words in _with_blanks(language) if (match := pattern.fullmatch(sentence)))
    return next((words.format(*match.groups()) for words, match in found), sentence)


def _read(language: str) -> Catalog | None:
    path = FOLDER / f"{language_for(language)}.po"
    if not path.exists():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=path.stem.replace("-", "_"))


@cache
def _with_blanks(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sentences such as `You have {0} keys.`, to be found by what they became. A translation with other blanks than the
    sentence has is as if it were not there.
    """
    both = [(str(each.id), str(each.string)) for each in _read(language) or () if "{0}" in each.id and each.string]
    made = [(_parsed(sentence), _parsed(words), words) for sentence, words in both]
    return tuple(
        (re.compile("(.+?)".join(map(re.escape, texts)), re.DOTALL), words)
        for (texts, blanks), (_, theirs), words in made
        if theirs <= blanks
    )


def _parsed(sentence: str) -> tuple[list[str], frozenset[str]]:
    """The text around the blanks, and their names."""
    texts, names = [""], set()
    for text, name, _, _ in Formatter().parse(sentence):
        texts[-1] += text
        if name is not None:
            names.add(name)
            texts.append("")
    return texts, frozenset(names)


def speaking(environment: Environment, language: str) -> Environment:
    """Let these templates speak a language. One environment for each: what it compiles has the words in it.

    In a template: `{% trans name=person.name %}Hello {{ name }}{% endtrans %}` or `{{ _("Hello") }}`. For a sentence
    that comes from elsewhere, such as a problem's or a reason: `{{ reason | said }}`.
    """
    known = catalogue(language)
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_translations(known, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["said"] = partial(said, language)
    return environment
