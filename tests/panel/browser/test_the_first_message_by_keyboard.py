"""With the keyboard alone, on the whole product: sign up, link a number, make a key, send a message."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

MOST_TABS = 80
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""What has the focus from the start gets it when the page is drawn."""
SEEN = """
() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" || style.boxShadow !== "none";
}
"""


class Keys:
    """Somebody without a mouse: they see where the focus is, and go on with Tab until it is where they want it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, selector: str) -> None:
        self.page.evaluate(DRAWN)
        for _ in range(MOST_TABS):
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                assert self.page.evaluate(SEEN), f"the focus on {selector} cannot be seen"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {selector}")

    def write(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.type(text)

    def press(self, selector: str, key: str = "Enter") -> None:
        self.to(selector)
        self.page.keyboard.press(key)


def test_the_first_message_without_a_mouse(
    newcomer: Page, mailed_link: Callable[[Page], str], shortcut: Callable[[Page, str, str], None]
) -> None:
    page, keys = newcomer, Keys(newcomer)

    page.goto("/")
    keys.press("a[href='/sign-up']")
    page.wait_for_url("**/sign-up")
    keys.write("#f-name", "Grace Hopper")
    keys.write("#f-email", "grace@example.com")
    keys.write("#f-password", "three random words here")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Open the mail we sent you")
    page.goto(mailed_link(page))
    keys.press("button.main")
    page.wait_for_url("**/home")

    keys.press("main a[href='/numbers/new']")
    page.wait_for_url("**/numbers/new")
    keys.write("#f-name", "Shop")
    keys.to("input[name=network]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[value=sandbox]")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/link")
    keys.press("form.scan button")
    expect(page.locator("text=It sends and receives now.")).to_be_visible()

    shortcut(page, "gk", "**/keys")
    shortcut(page, "c", "**/keys/new")
    keys.write("#f-name", "First program")
    page.keyboard.press("Enter")
    page.wait_for_selector("#secret")
    keys.to("#secret")
    assert page.input_value("#secret").startswith("msg_")
    with page.expect_navigation(url="**/keys"):  # where it is shown has the same address already
        keys.press("[data-saved]")

    shortcut(page, "gm", "**/messages")
    shortcut(page, "c", "**/messages/new")
    keys.write("#f-text", "Hello Maya")
    keys.press("form button.main")
    expect(page.locator(".timeline .seen")).to_be_visible()


@pytest.mark.parametrize("focused", ["form[action$='/pause'] button", "a[href$='/settings']", "a[href$='/delete']"])
def test_the_focus_stays_when_a_part_of_the_page_is_drawn_anew(enter: Any, running: Any, focused: str) -> None:
    page = enter("ada")
    number = running.ids["number_id"]
    page.goto(f"/numbers/{number}")
    page.focus(focused)
    page.evaluate("document.querySelector('#now').dataset.before = 'yes'")
    page.evaluate(f"htmx.ajax('GET', '/numbers/{number}/now', {{target: '#now', swap: 'outerHTML'}})")
    page.wait_for_selector("#now:not([data-before])")
    expect(page.locator(focused)).to_be_focused()
