"""The how-tos and the reference of docs/, as pages. They are read once; what is not among them is not linked to."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from messageapi.panel.icons import icon

_PACKED = Path(__file__).parent / "docs"
FOLDER = _PACKED if _PACKED.is_dir() else Path(__file__).parents[3] / "docs"
"""The package brings them along (tools/packed.py); a checkout has them beside the source."""
SECTIONS = ("howto", "reference")
DEFAULT_ADDRESS = "http://127.0.0.1:8080"
"""What the documents call the server; pages say where it really is."""
_ELSEWHERE = ("http://", "https://", "/", "#")
_ENDS = re.compile(r"(?<=[.:])\s")
_NO_ANCHOR = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Document:
    """`summary` is its first sentence."""

    section: str
    name: str
    title: str
    summary: str
    source: str

    @property
    def address(self) -> str:
        return f"/docs/{self.section}/{self.name}"


@cache
def documents() -> dict[tuple[str, str], Document]:
    """By section and name, in the order of their titles."""
    found = (_read(section, path) for section in SECTIONS for path in (FOLDER / section).glob("*.md"))
    return {(each.section, each.name): each for each in sorted(found, key=lambda each: (each.section, each.title))}


def of_section(section: str) -> list[Document]:
    return [each for each in documents().values() if each.section == section]


def _read(section: str, path: Path) -> Document:
    source = path.read_text("utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(source)
    title = next(_plain(token) for token in tokens if token.type == "inline")
    paragraphs = (tokens[at + 1] for at, token in enumerate(tokens) if token.type == "paragraph_open")
    first = next((_plain(token) for token in paragraphs), "")
    return Document(section, path.stem, title, _ENDS.split(first)[0].rstrip(":."), source)


def _plain(token: Token) -> str:
    kept = ("text", "code_inline")
    words = (" " if each.type == "softbreak" else each.content if each.type in kept else "" for each in _inside(token))
    return "".join(words)


def _inside(token: Token) -> list[Token]:
    return token.children or []


@lru_cache(maxsize=128)
def rendered(document: Document, base_url: str) -> Markup:
    """As HTML, with the server's own address in the samples. What the source has of HTML is shown as text."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("autolink")
    for rule in (_fence, _table_open, _table_close):
        reader.add_render_rule(rule.__name__[1:], rule)
    tokens = reader.parse(document.source)
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(_plain(tokens[at + 1])))
        if token.type == "th_open" and not tokens[at + 1].content:
            token.tag = tokens[at + 2].tag = "td"
        if token.type == "fence":
            token.content = token.content.replace(DEFAULT_ADDRESS, base_url)
        if token.children:
            token.children = list(_linked(token.children, document.section))
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704 - our own documents, HTML escaped


def anchor(heading: str) -> str:
    """As the documents' own links have it: `GET /send.php` is `get-sendphp`."""
    return _NO_ANCHOR.sub("", heading.strip().lower()).replace(" ", "-")


def _linked(tokens: list[Token], section: str) -> Iterator[Token]:
    """Links to other documents become links to their pages; those to what has no page become plain words."""
    dropped = False
    for token in tokens:
        if token.type == "link_open":
            target = address_of(str(token.attrGet("href")), section)
            dropped = target is None
            token.attrSet("href", target or "")
        if not (dropped and token.type in ("link_open", "link_close")):
            yield token


def address_of(link: str, section: str) -> str | None:
    """Where a link of a document in this section leads; none when there is no page."""
    if link.startswith(_ELSEWHERE):
        return link
    path, mark, fragment = link.partition("#")
    folder, _, file = posixpath.normpath(f"{section}/{path}").rpartition("/")
    known = documents().get((folder, file.removesuffix(".md")))
    return known.address + mark + fragment if known else None


def _fence(_: object, tokens: list[Token], at: int, *__: object) -> str:
    text = tokens[at].content.rstrip("\n")
    button = '<button type="button" class="ghost square script-only" data-copies="{}" aria-label="Copy">{}</button>'
    code = Markup('<pre tabindex="0"><code>{}</code></pre>').format(text)
    return f'<div class="code sample">{code}{Markup(button).format(text, icon("copy"))}</div>\n'  # noqa: S704


def _table_open(*_: object) -> str:
    return '<div class="scroll" tabindex="0"><table class="plain">'


def _table_close(*_: object) -> str:
    return "</table></div>\n"
