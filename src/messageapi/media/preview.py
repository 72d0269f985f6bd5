"""The preview of a link in a text: title, description and a small picture, fetched through the guard.

A text is never refused for want of one: whatever goes wrong, there is none.
"""

import re
from collections.abc import AsyncIterator

from selectolax.lexbor import LexborHTMLParser
from yarl import URL

from messageapi import logs
from messageapi.errors import Problem
from messageapi.media.sniff import HEAD, sniff
from messageapi.media.work import work
from messageapi.outside.door import Outside
from messageapi.outside.errors import OutsideError
from messageapi.outside.fetch import Answer
from messageapi.vocab.content import Preview
from messageapi.web.doors import Doors

PAGE_BYTES = 512 * 1024
"""Of a page this much is read: what a preview needs stands at its top."""
PICTURE_BYTES = 5 * 1024 * 1024
PAGE_S = 8
PICTURE_S = 8
LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 400
_ENDLESS = 1 << 40
_LINK = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
_AFTER = ".,;:!?)]}*_~"
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_DECLARED = re.compile(rb"<meta[^>]{1,200}charset=[\"']?([A-Za-z0-9_-]{1,40})", re.IGNORECASE)
_CHARSETS = frozenset(
    [
        "utf-8",
        "us-ascii",
        "iso-8859-1",
        "iso-8859-2",
        "iso-8859-9",
        "iso-8859-15",
        "windows-1250",
        "windows-1251",
        "windows-1252",
        "windows-1253",
        "windows-1254",
        "windows-1255",
        "windows-1256",
        "koi8-r",
        "shift_jis",
        "euc-jp",
        "euc-kr",
        "gb2312",
        "gbk",
        "gb18030",
        "big5",
    ]
)
"""Python knows more, some of which take a stranger's page very long to read."""
_log = logs.log("preview")


def link_in(text: str) -> str | None:
    """The first link of a text, without the punctuation after it."""
    found = _LINK.search(text)
    return found[0].rstrip(_AFTER) if found else None


async def preview(doors: Doors, url: str) -> Preview | None:
    """None when the page cannot be had or has no title."""
    try:
        page, final = await _page(doors.outside, url)
    except OutsideError as failure:
        _log.info("no preview", code=failure.code)
        return None
    title = _title(page)
    if not title:
        return None
    picture = await _picture(doors, _meta(page, "og:image"), final)
    return Preview(url=url, title=title, description=_line(_description(page), LONGEST_DESCRIPTION), thumbnail=picture)


async def _page(outside: Outside, url: str) -> tuple[LexborHTMLParser, URL]:
    async with outside.fetch(url, limit_bytes=_ENDLESS, deadline_s=PAGE_S) as answer:
        content = await _beginning(answer) if answer.mime in _PAGES else b""
        return LexborHTMLParser(_decoded(content, answer.charset)), URL(answer.url)


async def _beginning(answer: Answer) -> bytes:
    page = bytearray()
    async for chunk in answer:
        page += chunk
        if len(page) >= PAGE_BYTES:
            break
    return bytes(page[:PAGE_BYTES])


def _decoded(content: bytes, said: str) -> str:
    declared = _DECLARED.search(content[:2048])
    for name in (said.lower(), declared[1].decode("ascii").lower() if declared else ""):
        if name in _CHARSETS:
            return content.decode(name, errors="replace")
    return content.decode("utf-8", errors="replace")


def _title(page: LexborHTMLParser) -> str:
    found = page.css_first("title")
    return _line(_meta(page, "og:title") or (found.text() if found else ""), LONGEST_TITLE)


def _description(page: LexborHTMLParser) -> str:
    return _meta(page, "og:description") or _meta(page, "description")


def _meta(page: LexborHTMLParser, name: str) -> str:
    """`name` is one of ours: it is put into a selector."""
    for selector in (f'meta[property="{name}"]', f'meta[name="{name}"]'):
        if found := page.css_first(selector):
            return (found.attributes.get("content") or "").strip()
    return ""


def _line(text: str, longest: int) -> str:
    shown = " ".join("".join(letter if letter.isprintable() and letter != "\ufffd" else " " for letter in text).split())
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


async def _picture(doors: Doors, place: str, page: URL) -> bytes:
    """A small JPEG, or nothing."""
    if not place:
        return b""
    try:
        url = str(page.join(URL(place)))
        async with doors.outside.fetch(url, limit_bytes=PICTURE_BYTES, deadline_s=PICTURE_S) as answer:
            content = b"".join([chunk async for chunk in answer])
        return (await work(doors, "thumbnail", sniff(content[:HEAD]), _once(content))).thumbnail
    except (OutsideError, Problem, ValueError) as failure:
        _log.info("no picture in a preview", code=getattr(failure, "code", "bad_url"))
        return b""


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
