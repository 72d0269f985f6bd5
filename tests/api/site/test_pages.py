"""The open pages: they are there, link only to what is there, and load nothing from anybody else."""

import gzip
import hashlib
import re
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import httpx
import pytest

import messageapi.site
from messageapi.site.documents import documents

HERE = Path(messageapi.site.__file__).parent
SCALAR = HERE / "static" / "vendor" / "scalar"
DOCUMENTS = [each.address for each in documents().values()]
PAGES = ["/", "/docs", "/docs/quickstart", "/docs/api", "/docs/errors", *DOCUMENTS]
LOADED = re.compile(r"""\s(?:src|href)\s*=\s*["']([^"']+)""")
NAMED = re.compile(r"""\sid="([^"]+)""")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_links_only_to_what_is_there(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    calls = await drawn_calls(client)
    assert page.headers["content-type"].startswith("text/html")
    links = {urljoin(path, link) for link in LOADED.findall(page.text)}
    assert links
    for link in sorted(links):
        target = urlsplit(link)
        if target.netloc and not link.startswith("http://127.0.0.1:8080/"):
            assert f'<a href="{link}"' in page.text, f"{link} is loaded"
            continue
        found = await client.get(f"{target.path}?{target.query}")
        assert found.status_code == 200, link
        there = calls if target.path == "/docs/api" else {*NAMED.findall(found.text)}
        assert not target.fragment or unquote(target.fragment) in there, link


async def drawn_calls(client: httpx.AsyncClient) -> set[str]:
    """The places that Scalar gives them in the page it draws."""
    paths = (await client.get("/openapi.json")).json()["paths"]
    return {
        f"tag/{call['tags'][0].lower().replace(' ', '-')}/{method.upper()}{path}"
        for path, methods in paths.items()
        for method, call in methods.items()
    }


async def test_the_list_of_calls_leads_to_every_one(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs/reference/calls")
    led = {unquote(link.partition("#")[2]) for link in LOADED.findall(page.text) if link.startswith("/docs/api#")}
    assert led == await drawn_calls(client)


@pytest.mark.parametrize("path", PAGES)
async def test_a_pages_policy_lets_nothing_from_elsewhere_in(client: httpx.AsyncClient, path: str) -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in (await client.get(path)).headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] in ("'none'", "'self'")
    assert "unsafe" not in policy.get("script-src", "")
    assert "unsafe" not in policy["style-src"]
    allowed = {"'none'", "'self'", "data:", "'unsafe-inline'"}
    for sources in policy.values():
        assert {each for each in sources.split() if not each.startswith("'nonce-")} <= allowed


async def test_the_reference_page_gets_a_fresh_nonce_each_time(client: httpx.AsyncClient) -> None:
    pages = [await client.get("/docs/api") for _ in range(2)]
    nonces = [re.findall(r"'nonce-([^']+)'", page.headers["content-security-policy"])[0] for page in pages]
    assert nonces[0] != nonces[1]
    assert all(nonce in page.text for nonce, page in zip(nonces, pages, strict=True))
    assert pages[0].headers["cache-control"] == "no-store"


def test_the_reference_page_switches_off_everything_that_calls_out() -> None:
    script = (HERE / "static" / "reference.js").read_text("utf-8")
    for switch in (
        "withDefaultFonts: false",
        'proxyUrl: ""',
        "telemetry: false",
        "agent: { disabled: true",
        "mcp: { disabled: true",
    ):
        assert switch in script
    assert "http" not in script


def test_the_vendored_bundle_is_the_one_it_says_it_is() -> None:
    said = (SCALAR / "VERSION").read_text("utf-8")
    assert hashlib.sha256((SCALAR / "standalone.js").read_bytes()).hexdigest() in said
    assert "MIT License" in (SCALAR / "LICENSE").read_text("utf-8")


async def test_the_interactive_reference_is_the_megabyte_that_the_list_of_calls_says(client: httpx.AsyncClient) -> None:
    assert "a megabyte the first time" in (await client.get("/docs/reference/calls")).text
    scripts = [link for link in LOADED.findall((await client.get("/docs/api")).text) if "scalar" in link]
    assert len(scripts) == 1
    sent = 0
    for address in (*scripts, "/openapi.json"):
        async with client.stream("GET", address) as answer:
            sent += sum([len(part) async for part in answer.aiter_raw()])
    assert 0.9 < sent / 1e6 < 1.1


async def test_the_document_is_compressed_and_revalidated(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/openapi.json") as packed:
        sent = sum([len(part) async for part in packed.aiter_raw()])
    plain = await client.get("/openapi.json", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert sent < len(plain.content) / 10
    assert plain.json()["openapi"] == "3.1.0"
    again = await client.get("/openapi.json", headers={"if-none-match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_static_file_is_compressed_and_revalidated(client: httpx.AsyncClient) -> None:
    path = "/static/vendor/scalar/standalone.js"
    plain = await client.get(path, headers={"Accept-Encoding": "identity"})
    packed = await client.get(path)
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content == (SCALAR / "standalone.js").read_bytes()
    assert len(gzip.compress(plain.content, 6)) < len(plain.content) / 3
    again = await client.get(path, headers={"If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/static/vendor/scalar/LICENSE", "/static", "/static/", "/static/../pages/landing.html"]
)
async def test_what_is_not_an_asset_is_not_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_the_landing_page_shows_a_call_to_this_server(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert "curl http://127.0.0.1:8080/api/v1/send" in page
    assert "not affiliated with WhatsApp or Meta" in page
    assert "A linked device is not the official API" in page


async def test_a_file_named_by_its_content_is_kept_for_a_year(client: httpx.AsyncClient) -> None:
    (address,) = re.findall(r'href="(/static/site\.css\?v=[^"]+)"', (await client.get("/")).text)
    assert "immutable" in (await client.get(address)).headers["cache-control"]
    other = await client.get("/static/site.css?v=0000")
    assert (other.status_code, "immutable" in other.headers["cache-control"]) == (200, False)


async def test_search_engines_are_told_of_every_page_and_let_in(client: httpx.AsyncClient) -> None:
    told = re.findall(r"<loc>http://127\.0\.0\.1:8080(.*?)</loc>", (await client.get("/sitemap.xml")).text)
    assert set(PAGES) <= set(told)
    assert "Sitemap: http://127.0.0.1:8080/sitemap.xml" in (await client.get("/robots.txt")).text
    assert "/contact" in told
    for path in PAGES:
        assert "noindex" not in (await client.get(path)).text
    assert "noindex" in (await client.get("/login")).text


@pytest.mark.parametrize("path", ["/favicon.ico", "/apple-touch-icon.png", "/static/social.png"])
async def test_pictures_that_others_ask_for_are_there(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"].partition("/")[0]) == (200, "image")


async def test_a_page_that_is_not_there_looks_like_the_others(client: httpx.AsyncClient) -> None:
    browser = {"Accept": "text/html"}
    for path in ("/docs/howto/nothing", "/docs/decisions/README", "/docs/nothing", "/nothing"):
        answer = await client.get(path, headers=browser)
        assert answer.status_code == 404
        assert answer.headers["x-request-id"] in answer.text
        assert "panel.css" in answer.text
    assert (await client.get("/nothing")).headers["content-type"] == "application/problem+json"


async def test_parameters_that_other_sites_add_to_a_link_are_passed_over(client: httpx.AsyncClient) -> None:
    for path in ("/", "/docs", "/docs/quickstart", DOCUMENTS[0]):
        assert (await client.get(f"{path}?utm_source=x&gclid=1&gclid=2")).status_code == 200
    assert (await client.get("/contact?utm_source=x")).status_code == 400


async def test_the_start_page_is_read_and_nothing_else(client: httpx.AsyncClient) -> None:
    assert (await client.post("/")).status_code == 405
    assert (await client.head("/")).status_code == 200
