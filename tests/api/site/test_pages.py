"""The open pages: they are there, link only to what is there, and load nothing from anybody else."""

import gzip
import hashlib
import re
from pathlib import Path

import httpx
import pytest

import messageapi.site

HERE = Path(messageapi.site.__file__).parent
SCALAR = HERE / "static" / "vendor" / "scalar"
PAGES = ["/", "/docs/api", "/docs/errors"]
LOADED = re.compile(r"""(?:src|href)\s*=\s*["']([^"']+)""")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_links_only_to_what_is_there(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    assert page.headers["content-type"].startswith("text/html")
    links = set(LOADED.findall(page.text))
    assert links
    for link in links:
        assert link.startswith("/"), link
        assert (await client.get(link)).status_code == 200, link


@pytest.mark.parametrize("path", PAGES)
async def test_a_pages_policy_lets_nothing_from_elsewhere_in(client: httpx.AsyncClient, path: str) -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in (await client.get(path)).headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
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
    assert "Not affiliated with WhatsApp or Meta" in page
