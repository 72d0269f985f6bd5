"""Each page in a real browser: axe finds nothing, nothing overflows, the policy is never broken, and it is small."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response

from messageapi.panel.pages import ROUTES as PANEL
from messageapi.site.pages import ROUTES as SITE
from messageapi.site.pages import document

pytestmark = pytest.mark.slow

ROUTES = (*PANEL, *SITE)
NOT_WITHOUT_A_STEP = {"/second-step", "/first-start", "/reset", "/invitation", "/email"}
"""Tested in the story that leads to them."""
DRAWN_BY_OTHERS = {"/docs/api", "/mail/{email_id:str}/html"}
"""The interactive reference is Scalar's, a megabyte that only links of the list of calls lead to; an email has its own
look and stands alone.
"""
DOCUMENTS = ("/docs/howto/simple-api", "/docs/reference/calls", "/docs/reference/events", "/docs/reference/settings")
"""Few of them: all are drawn alike."""
ADDRESSES = sorted(
    path
    for route in ROUTES
    if route.http_methods == {"GET"}
    for path in (DOCUMENTS if route is document else route.paths)
    if path not in NOT_WITHOUT_A_STEP | DRAWN_BY_OTHERS and not path.endswith(("/now", ".csv"))
)
"""What stands in braces is something on the stage."""
WIDTHS = (1280, 390, 320)
OPEN = {path for route in ROUTES if route.opt["permission"] == "open" for path in route.paths}
OPERATORS = {path for route in ROUTES if route.opt["permission"] == "operator" for path in route.paths}
FIRST_VIEW = 100_000
STILL = 0.02
"""Of the layout shifts of a page, as browsers add them up; 0.1 is called good."""

Axe = Callable[[Page], list[str]]


def _who(path: str) -> str:
    if path in OPERATORS:
        return "olga"
    if "{passkey_id" in path:
        return "tess"
    return "" if path in OPEN or path in DOCUMENTS else "ada"


@pytest.fixture
def show(enter: Any, running: Any) -> Callable[..., Page]:
    """A page at an address, for whoever may open it."""

    def shown(path: str, prepared: Callable[[Page], object] = lambda page: page, **given: Any) -> Page:
        page: Page = enter(_who(path), **given)
        prepared(page)
        answer = page.goto(path.replace(":str}", "}").format(**running.ids))
        assert answer
        assert answer.status == 200, path
        return page

    return shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_axe_finds_nothing(show: Any, axe: Axe, path: str, scheme: str) -> None:
    assert axe(show(path, color_scheme=scheme)) == []


@pytest.mark.parametrize("who", ["nora", "bob"])
@pytest.mark.parametrize("path", ["/home", "/keys", "/numbers", "/messages"])
def test_axe_finds_nothing_in_empty_and_in_read_only_pages(enter: Any, axe: Axe, path: str, who: str) -> None:
    page = enter(who)
    page.goto(path)
    assert axe(page) == []


def test_axe_finds_nothing_in_the_events_to_choose_from(enter: Any, axe: Axe) -> None:
    page = enter("ada")
    page.goto("/webhooks/new")
    page.click("text=Only these")
    assert axe(page) == []


def test_axe_notices_a_planted_fault(enter: Any, axe: Axe) -> None:
    page = enter()
    page.goto("/login")
    page.evaluate("document.querySelector('label').remove()")
    assert any(each.startswith("label:") for each in axe(page))


@pytest.mark.parametrize("path", ADDRESSES)
def test_nothing_is_wider_than_the_screen(show: Any, path: str) -> None:
    page = show(path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ADDRESSES)
def test_the_first_view_is_small_and_still_and_asks_nobody_else(show: Any, running: Any, path: str) -> None:
    answers: list[Response] = []

    def watched(page: Page) -> None:
        page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright marks what it is given
        page.add_init_script(
            "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(each => {"
            " window.moved += each.value; })).observe({type: 'layout-shift', buffered: true});"
        )

    page = show(path, watched)
    page.wait_for_load_state("load")
    for answer in answers:
        answer.finished()
    page.evaluate("document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(done)))")
    seen = {answer.url: answer.request.sizes() for answer in answers}
    assert {url.startswith(running.url) for url in seen} == {True}
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in seen.values())
    assert 10_000 < total < FIRST_VIEW, {url.rpartition("/")[2]: size["responseBodySize"] for url, size in seen.items()}
    assert page.evaluate("window.moved") < STILL


@pytest.mark.parametrize(
    "path", ["/webhooks/{webhook_id}/deliveries/{event_id}", "/numbers/{number_id}", "/messages/new"]
)
def test_nothing_lies_above_the_bar_at_the_foot_of_a_phone(enter: Any, running: Any, path: str) -> None:
    page = enter("ada", viewport={"width": 390, "height": 500})
    page.goto(path.format(**running.ids))
    looked, covered = page.evaluate(
        "() => { const bar = document.querySelector('.places'), at = bar.getBoundingClientRect(), found = [];"
        " let looked = 0; for (let y = 0; y < document.body.scrollHeight; y += 40) { scrollTo(0, y);"
        "  for (let x = 5; x < at.width; x += 20) { const top = document.elementFromPoint(x, at.top + 8); looked++;"
        "   if (!bar.contains(top)) found.push(top.outerHTML.slice(0, 80)); } } return [looked, found]; }"
    )
    assert looked > 100
    assert covered == []


def test_the_policy_stops_what_is_inline(chromium: Browser, running: Any) -> None:
    page = chromium.new_page()
    page.goto(f"{running.url}/login")
    page.evaluate(
        "() => { const planted = document.createElement('script'); planted.textContent = 'window.ran = 1';"
        " document.body.append(planted); }"
    )
    assert page.evaluate("window.ran === undefined")
    page.close()
