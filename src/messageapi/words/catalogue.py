"""Translations by language, read from the .po files beside this module: there is no step in which they are compiled."""

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment

FOLDER = Path(__file__).parent
SOURCE = "en"


def languages(folder: Path = FOLDER) -> list[str]:
    """What can be chosen, by its tag."""
    return sorted({SOURCE, *(path.stem for path in folder.glob("*.po"))})


def language_for(wish: str, folder: Path = FOLDER) -> str:
    """The one of ours that comes nearest to a tag such as `de-AT`; English when none does."""
    tag = wish.replace("_", "-").strip()
    known = {each.lower(): each for each in languages(folder)}
    return known.get(tag.lower()) or known.get(tag.lower().partition("-")[0]) or SOURCE


def own_name(language: str) -> str:
    """`Deutsch` for `de`: what a person who looks for it reads."""
    try:
        return str(Locale.parse(language, sep="-").get_display_name() or language).capitalize()
    except (UnknownLocaleError, ValueError):
        return language


@cache
def catalogue(language: str, folder: Path = FOLDER) -> gettext.NullTranslations:
    """What is not translated stays English."""
    path = folder / f"{language_for(language, folder)}.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=path.stem.replace("-", "_")))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def speaking(environment: Environment, language: str, folder: Path = FOLDER) -> Environment:
    """Let these templates speak a language. One environment for each: what it compiles has the words in it.

    In a template: `{% trans name=person.name %}Hello {{ name }}{% endtrans %}` or `{{ _("Hello") }}`.
    """
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_translations(catalogue(language, folder), newstyle=True)  # type: ignore[attr-defined]
    return environment
