"""A notice as an email: one template a kind, whose words go into two forms, text and HTML, so both say the same."""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from messageapi.mail.compose import one_line
from messageapi.mail.port import Email
from messageapi.notices.enqueue import Content
from messageapi.notices.facts import Facts, NewLogin, kind_of
from messageapi.words.catalogue import direction, language_for, speaking
from messageapi.words.moments import moment

TEMPLATES = Path(__file__).parent / "templates"
LONGEST_NAME = 80
_LINKS = re.compile(r"(?<=[.:/])(?=\S)")
_JOINER = "\N{WORD JOINER}"
_GAPS = re.compile(r"\n{3,}")
_PARAGRAPHS = re.compile(r"\n\s*\n")


def rendered(content: Content, *, notice_id: str, at: int, home: str) -> Email:
    """`home` is our own address: links lead there and nowhere else. Raise ValueError for a path that would not."""
    language = language_for(content.to.language)
    values: dict[str, object] = {
        "to": content.to,
        "facts": content.facts,
        "home": home,
        "link": _link(home, getattr(content.facts, "path", "/")),
        "language": language,
        "direction": direction(language),
        "time": _time(content.facts, language),
    }
    kind = kind_of(content.facts)
    subject, _, text = _written(kind, "txt", language, values).partition("\n")
    return Email(
        id=notice_id,
        to=content.to.email,
        name=content.to.name,
        subject=one_line(subject),
        text=_GAPS.sub("\n\n", text).strip() + "\n",
        html=_written(kind, "html", language, values),
        reply_to=content.to.reply_to,
        at=at,
    )


def _written(kind: str, form: str, language: str, values: dict[str, object]) -> str:
    environment = _environment(form, language)
    pieces = environment.get_template(f"form.{form}").module
    return environment.get_template(f"{kind}.j2").render(values, layout=f"layout.{form}", form=pieces)


@cache
def _environment(form: str, language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=form == "html",  # noqa: S701  the other form is plain text
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["tame"] = tame
    environment.globals["paragraphs"] = _PARAGRAPHS.split
    return speaking(environment, language)


def tame(text: str) -> str:
    """A name that somebody chose and somebody else reads in an email of ours: short, one line, and never a link."""
    return _LINKS.sub(_JOINER, one_line(text)[:LONGEST_NAME])


def _link(home: str, path: str) -> str:
    if not path.startswith("/") or not path.isprintable() or " " in path:
        raise ValueError("a link leads to a path of our own")
    return home + path


def _time(facts: Facts, language: str) -> str:
    if not isinstance(facts, NewLogin):
        return ""
    return moment(facts.at, language=language, time_zone=facts.time_zone, length="long")
