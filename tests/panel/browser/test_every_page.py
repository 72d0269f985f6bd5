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
DRAWN_BY_OTHERS = {"/docs/api"}
DOCUMENTS = ("/docs/howto/simple-api", "/docs/reference/events", "/docs/reference/settings")
"""Few of them: all are drawn alike."""
ADDRESSES = sorted(
    path
    for route in ROUTES
    if route.http_methods == {"GET"}
    for path in (*route.paths, *(DOCUMENTS if route is document else ()))
    if "{" not in path and path not in NOT_WITHOUT_A_STEP | DRAWN_BY_OTHERS and not path.endswith(("/now", ".csv"))
)
SIZES = {"desktop": (1280, 800), "phone": (390, 844), "narrow": (320, 640)}
OPEN = {path for route in ROUTES if route.opt["permission"] == "open" for path in route.paths}
OPERATORS = {path for route in ROUTES if route.opt["permission"] == "operator" for path in route.paths}
FIRST_VIEW = 100_000

Axe = Callable[[Page], list[str]]


def _who(path: str) -> str:
    if path in OPERATORS:
        return "olga"
    return "" if path in OPEN or path in DOCUMENTS else "ada"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_axe_finds_nothing(enter: Any, axe: Axe, path: str, scheme: str) -> None:
    page = enter(_who(path), color_scheme=scheme)
    page.goto(path)
    assert axe(page) == []


@pytest.mark.parametrize("who", ["nora", "bob"])
@pytest.mark.parametrize("path", ["/home", "/keys", "/numbers", "/messages"])
def test_axe_finds_nothing_in_empty_and_in_read_only_pages(enter: Any, axe: Axe, path: str, who: str) -> None:
    page = enter(who)
    page.goto(path)
    assert axe(page) == []


@pytest.mark.parametrize(
    "steps", [("tbody th a",), ("tbody th a", "tbody th a >> nth=1"), ("text=Add endpoint", "text=Only these")]
)
def test_axe_finds_nothing_in_what_webhooks_lead_to(enter: Any, axe: Axe, steps: tuple[str, ...]) -> None:
    page = enter("ada")
    page.goto("/webhooks")
    for step in steps:
        page.click(step)
    page.wait_for_load_state("networkidle")
    assert axe(page) == []


def test_axe_notices_a_planted_fault(enter: Any, axe: Axe) -> None:
    page = enter()
    page.goto("/login")
    page.evaluate("document.querySelector('label').remove()")
    assert any(each.startswith("label:") for each in axe(page))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ADDRESSES)
def test_nothing_is_wider_than_the_screen(enter: Any, path: str, size: str) -> None:
    width, height = SIZES[size]
    page = enter(_who(path), viewport={"width": width, "height": height})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ["/", "/docs/quickstart", DOCUMENTS[0], "/login", "/sign-up", "/home", "/keys"])
def test_the_first_view_is_small_and_asks_nobody_else(enter: Any, running: Any, path: str) -> None:
    page = enter(_who(path))
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright marks what it is given
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert {answer.url.startswith(running.url) for answer in answers} == {True}
    sizes = {answer.url: answer.request.sizes() for answer in answers}
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes.values())
    assert 10_000 < total < FIRST_VIEW, {
        url.rpartition("/")[2]: size["responseBodySize"] for url, size in sizes.items()
    }


@pytest.mark.parametrize("path", ["/", "/docs/quickstart", "/login", "/home", "/keys"])
def test_nothing_moves_while_it_loads(enter: Any, path: str) -> None:
    page = enter(_who(path))
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(each => {"
        " window.moved += each.value; })).observe({type: 'layout-shift', buffered: true});"
    )
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.moved") < 0.02


def test_the_policy_stops_what_is_inline(chromium: Browser, running: Any) -> None:
    page = chromium.new_page()
    page.goto(f"{running.url}/login")
    page.evaluate(
        "() => { const planted = document.createElement('script'); planted.textContent = 'window.ran = 1';"
        " document.body.append(planted); }"
    )
    assert page.evaluate("window.ran === undefined")
    page.close()
