"""What pages show, and the headers under which they do."""

import re
from typing import Any

import pytest

from messageapi.keys import find
from messageapi.keys.create import create_key
from messageapi.numbers.create import create
from messageapi.panel.flash import Flash, read, written
from messageapi.panel.gate import cookies
from messageapi.panel.icons import icon
from messageapi.panel.render import POLICY

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)
PAGES = ("/home", "/home/now", "/keys", "/keys/new")


async def test_an_empty_account_is_shown_the_first_steps(nora: Any) -> None:
    text = (await nora.get("/home")).text
    assert "First steps" in text
    assert "No number yet" in text
    assert "Needs attention" not in text


async def test_who_may_only_look_is_offered_no_first_step(ada: Any, bob: Any) -> None:
    assert 'href="/numbers/new"' in (await ada.get("/home")).text
    text = (await bob.get("/home")).text
    assert "First steps" in text
    for address in ("/numbers/new", "/keys/new", "/messages/new", "/webhooks/new"):
        assert f'href="{address}"' not in text


async def test_a_busy_account_sees_its_numbers_and_what_needs_it(ada: Any, doors: Any, staging: Any) -> None:
    await staging.furnish(doors, ada.caller)
    text = (await ada.get("/home")).text
    for words in ("+49 1511 2345678", "Night desk is logged out", "Order desk fails", "ends soon"):
        assert words in text
    assert text.index("Night desk is logged out") < text.index("Order desk fails"), "the worst comes first"


async def test_what_is_typed_is_shown_as_text(ada: Any, doors: Any) -> None:
    await create_key(doors, ada.caller, name='<img src=x onerror="alert(1)">')
    text = (await ada.get("/keys")).text
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


async def test_a_key_is_shown_once_and_then_works(ada: Any) -> None:
    made = await ada.send("/keys", {"name": "Web shop", "scope": ["messages:send", "numbers:read"]}, on="/keys/new")
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    key = re.search(r"msg_\w{38}", made.text)
    assert key
    assert made.text.count(key[0]) >= 7, "in its field and in every sample"
    listed = (await ada.get("/keys")).text
    assert "Web shop" in listed
    assert key[0] not in listed


async def test_a_refused_key_keeps_the_form_as_it_was(ada: Any) -> None:
    answer = await ada.send("/keys", {"name": " ", "scope": ["numbers:manage"], "life": "90"}, on="/keys/new")
    assert answer.status_code == 422
    assert re.search(r'value="numbers:manage" checked', answer.text)
    assert not re.search(r'value="messages:send" checked', answer.text)
    assert re.search(r'value="90" selected', answer.text)


async def test_revoking_is_said_once(ada: Any, doors: Any) -> None:
    key = await create_key(doors, ada.caller, name="Old laptop")
    answer = await ada.send(f"/keys/{key.id}/revoke")
    assert answer.headers["location"] == "/keys"
    assert "Key revoked" in (await ada.get("/keys")).text
    assert "Key revoked" not in (await ada.get("/keys")).text
    assert "Old laptop" in (await ada.get("/keys?show=ended")).text


async def test_a_key_keeps_to_its_limits_and_shows_them(ada: Any, doors: Any, staging: Any) -> None:
    number = (await create(doors, ada.caller, name="Night desk", network="sandbox")).id
    given = {"name": "Narrow", "scope": ["messages:send"], "number": number, "networks": "192.0.2.7, 2001:db8::/48"}
    assert (await ada.send("/keys", given, on="/keys/new")).status_code == 200
    shown = (await ada.get(await _first_key(ada))).text
    for words in ("Night desk", "192.0.2.7/32", "2001:db8::/48", "In use"):
        assert words in shown
    wrong = await ada.send("/keys", {**given, "networks": "here"}, on="/keys/new")
    assert wrong.status_code == 422
    assert 'value="here"' in wrong.text


async def test_a_rotated_key_has_a_successor_and_an_end(ada: Any, doors: Any) -> None:
    old = await create_key(doors, ada.caller, name="Web shop")
    made = await ada.send(f"/keys/{old.id}/rotate", {"overlap": "1"})
    key = re.search(r"msg_\w{38}", made.text)
    assert key
    assert key[0] != old.key
    assert "in 1 hour" in (await ada.get(f"/keys/{old.id}")).text
    assert f"/keys/{old.id}" in (await ada.get(await _first_key(ada))).text


async def _first_key(somebody: Any) -> str:
    found = re.search(r'href="(/keys/key_\w+)"', (await somebody.get("/keys")).text)
    assert found
    return found[1]


async def test_a_viewer_is_offered_no_button_they_may_not_press(bob: Any, doors: Any) -> None:
    await create_key(doors, bob.caller, name="Web shop")
    text = (await bob.get("/keys")).text
    assert "Web shop" in text
    assert "/keys/new" not in text
    assert "/revoke" not in text


async def test_long_lists_come_in_pages(ada: Any, doors: Any) -> None:
    for at in range(30):
        await create_key(doors, ada.caller, name=f"key number {at}")
    first = (await ada.get("/keys")).text
    more = re.search(r'href="(/keys\?[^"]+)" rel="next"', first)
    assert more
    second = (await ada.get(more[1].replace("&amp;", "&"))).text
    assert ("key number 29" in first, "key number 29" in second) == (True, False)
    assert ("key number 0<" in first, "key number 0<" in second) == (False, True)


@pytest.mark.parametrize("path", PAGES)
async def test_nothing_is_inline_and_nothing_comes_from_elsewhere(ada: Any, path: str) -> None:
    answer = await ada.get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert not INLINE.search(answer.text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text)


@pytest.mark.parametrize("path", PAGES)
async def test_pages_are_kept_by_nobody(ada: Any, path: str) -> None:
    answer = await ada.get(path)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


async def test_htmx_gets_the_piece_without_the_frame(ada: Any) -> None:
    piece = await ada.get("/keys", headers={"hx-request": "true"})
    assert "<html" not in piece.text
    assert "API keys" in piece.text


async def test_htmx_is_sent_to_the_login_as_a_whole(stranger: Any) -> None:
    answer = await stranger.get("/home/now", headers={"hx-request": "true"})
    assert answer.headers["hx-redirect"] == "/login"


async def test_a_missing_page_names_the_request(ada: Any) -> None:
    answer = await ada.get("/keys/key_x/nothing", headers={"x-request-id": "quote-me-please"})
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert "quote-me-please" in answer.text


async def test_a_failure_shows_a_page_and_none_of_its_text(ada: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("secret in an exception")

    monkeypatch.setattr(find, "page", fails)
    answer = await ada.get("/keys")
    assert answer.status_code == 500
    assert "Something failed on our side" in answer.text
    assert "secret in an exception" not in answer.text


async def test_a_theme_without_scripts_is_kept_in_a_cookie(ada: Any) -> None:
    answer = await ada.send("/theme", {"theme": "dark", "back": "/keys"}, on="/home")
    assert answer.headers["location"] == "/keys"
    assert 'data-theme="dark"' in (await ada.get("/keys")).text


async def test_files_are_kept_for_a_year_under_their_tag(stranger: Any) -> None:
    path = re.search(r'href="(/assets/[^"]+panel\.css)"', (await stranger.get("/login")).text)
    assert path
    answer = await stranger.get(path[1])
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    old = await stranger.get(re.sub(r"/assets/\w+/", "/assets/before/", path[1]))
    assert old.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "vendor/inter/LICENSE", "%2e%2e/app.py", "nothing.css"])
async def test_no_address_leads_to_another_file(stranger: Any, path: str) -> None:
    assert (await stranger.get(f"/assets/x/{path}")).status_code in (404, 400)


def test_cookies_are_for_this_host_and_https_alone() -> None:
    made = cookies.made(cookies.SESSION, "x", https=True).to_header(header="")
    assert made.startswith("__Host-session=x;")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert part in made
    assert "Domain" not in made
    assert cookies.given("session=planted; __Host-session=mine", cookies.SESSION, https=True) == "mine"
    assert cookies.given("session=planted", cookies.SESSION, https=True) == ""


def test_a_flash_of_anybody_elses_making_is_nothing() -> None:
    assert read(written(Flash("Key created."))) == Flash("Key created.")
    for broken in ("", "x", "%%%", "e30", "A" * 5_000, "eyJ0ZXh0IjogMX0"):
        assert read(broken) is None


def test_an_icon_that_says_something_is_read_out() -> None:
    assert 'aria-hidden="true"' in icon("check")
    assert 'role="img" aria-label="&lt;Done&gt;"' in icon("check", label="<Done>")


async def test_a_page_is_compressed_and_its_token_differs_each_time(ada: Any) -> None:
    answers = [await ada.get("/home") for _ in range(2)]
    assert [answer.headers["content-encoding"] for answer in answers] == ["gzip", "gzip"]
    assert "accept-encoding" in answers[0].headers["vary"].lower()
    tokens = {part.partition('"')[0] for answer in answers for part in answer.text.split('name="csrf" value="')[1:]}
    assert 1 < len(tokens) == sum(answer.text.count('name="csrf"') for answer in answers)
    for token in list(tokens)[:2]:
        assert (await ada.post("/theme", {"csrf": token, "theme": "dark", "back": "/keys"})).status_code == 303


async def test_a_browser_that_takes_no_compression_gets_the_plain_page(ada: Any) -> None:
    assert "content-encoding" not in (await ada.get("/home", headers={"accept-encoding": "identity"})).headers
