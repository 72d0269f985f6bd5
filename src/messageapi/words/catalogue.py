"""Translations by language, read from the .po files beside this module: there is no step in which they are compiled."""

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
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
    path = FOLDER / f"{language_for(language)}.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=path.stem.replace("-", "_")))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def speaking(environment: Environment, language: str) -> Environment:
    """Let these templates speak a language. One environment for each: what it compiles has the words in it.

    In a template: `{% trans name=person.name %}Hello {{ name }}{% endtrans %}` or `{{ _("Hello") }}`. For a sentence
    that comes from elsewhere, such as a problem's or a reason: `{{ reason | said }}`.
    """
    known = catalogue(language)
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_translations(known, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["said"] = known.gettext
    return environment
