"""The preview of a link: title, description, a small picture; never a reason not to send, and never a way inside."""

import io
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from messageapi.media.preview import PAGE_BYTES, link_in, preview

PAGE = """<!doctype html><html><head><title>Plain  title</title>
<meta property="og:title" content="Shop &amp; more"><meta property="og:description" content="Everything\n for you">
<meta property="og:image" content="/picture.png"></head><body><title>Not this</title></body></html>"""


def site(pages: dict[str, tuple[bytes, str]]) -> Any:
    def answer(request: web.Request) -> web.Response:
        body, kind = pages[request.path]
        return web.Response(body=body, headers={"Content-Type": kind})

    return answer


def html(text: str, kind: str = "text/html", charset: str = "utf-8") -> dict[str, tuple[bytes, str]]:
    return {"/": (text.encode(charset), kind)}


async def test_a_page_says_what_it_is_about(served: Any, server: Any, files: Any) -> None:
    server.answer = site({**html(PAGE), "/picture.png": (files.picture("PNG", (800, 400)), "image/png")})
    found = await preview(served, server.url + "/")
    assert found
    assert (found.url, found.title, found.description) == (f"{server.url}/", "Shop & more", "Everything for you")
    picture = Image.open(io.BytesIO(found.thumbnail))
    assert (picture.format, picture.size) == ("JPEG", (192, 96))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("<title>Only a title</title>", "Only a title"),
        ("<title>  two \n lines\x00\u202e </title>", "two lines"),
        ("<title>" + "x" * 5000 + "</title>", "x" * 199 + "…"),
        ('<meta name="og:title" content="By name">', "By name"),
        ("<p>no title at all</p>", None),
        ("<title></title>", None),
        ("", None),
        ("<title>" * 50_000, None),
    ],
)
async def test_titles_are_made_fit_to_show(served: Any, server: Any, text: str, title: str | None) -> None:
    server.answer = site(html(text))
    found = await preview(served, server.url + "/")
    assert (found.title if found and title else None) == title


@pytest.mark.parametrize(
    ("charset", "kind", "meta"),
    [
        ("utf-8", "text/html", ""),
        ("windows-1252", "text/html; charset=windows-1252", ""),
        ("windows-1252", "text/html", '<meta charset="windows-1252">'),
        ("utf-8", "text/html; charset=punycode", ""),
        ("utf-8", "text/html; charset=no-such", '<meta charset="zlib">'),
    ],
)
async def test_a_page_is_read_in_its_own_letters(served: Any, server: Any, charset: str, kind: str, meta: str) -> None:
    server.answer = site(html(f"{meta}<title>Müller</title>", kind, charset))
    found = await preview(served, server.url + "/")
    assert found
    assert found.title == "Müller"


async def test_of_a_long_page_only_the_top_is_read(served: Any, server: Any) -> None:
    top = "<title>Top</title>"
    server.answer = site(html(top + "x" * 20_000_000))
    found = await preview(served, server.url + "/")
    assert found
    assert found.title == "Top"
    server.answer = site(html(" " * PAGE_BYTES + top))
    assert await preview(served, server.url + "/") is None


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "application/octet-stream", "text/plain"])
async def test_what_is_no_page_has_no_preview(served: Any, server: Any, kind: str) -> None:
    server.answer = site(html(PAGE, kind))
    assert await preview(served, server.url + "/") is None


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.2/x.png",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "//[::1]/x.png",
        "http://[",
        "data:x",
        "/page",
    ],
)
async def test_a_picture_that_cannot_be_had_is_left_out(served: Any, server: Any, place: str) -> None:
    text = f'<title>T</title><meta property="og:image" content="{place}">'
    server.answer = site({**html(text), "/page": (b"<html>", "image/png")})
    found = await preview(served, server.url + "/")
    assert found
    assert (found.title, found.thumbnail) == ("T", b"")


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://localhost/", "ftp://x/", "nonsense", "http://127.0.0.1:9/"]
)
async def test_what_cannot_be_visited_has_no_preview(served: Any, url: str) -> None:
    assert await preview(served, url) is None


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("See https://example.com/a?b=c#d.", "https://example.com/a?b=c#d"),
        ("(https://example.com/a)", "https://example.com/a"),
        ("first http://a.example then http://b.example", "http://a.example"),
        ("*https://example.com*", "https://example.com"),
        ("no link: example.com", None),
        ("", None),
    ],
)
def test_the_first_link_of_a_text_is_found(text: str, link: str | None) -> None:
    assert link_in(text) == link
