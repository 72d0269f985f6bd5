"""A new user in a browser, on the whole product: signs up, links a number, makes a key, sends, and is answered."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

TWO_MINUTES = 120


def test_a_new_user_sends_the_first_message_within_two_minutes(
    newcomer: Page, mailed_link: Callable[[Page], str], record_property: Callable[[str, object], None]
) -> None:
    page, began = newcomer, time.monotonic()

    page.goto("/sign-up")
    page.fill("#f-name", "Grace Hopper")
    page.fill("#f-email", "grace@example.com")
    page.fill("#f-password", "three random words here")
    page.click(".button.main")
    page.goto(mailed_link(page))
    page.click(".button.main")
    page.wait_for_url("**/home")

    page.click("text=Add number")
    page.fill("#f-name", "Shop")
    page.check("input[value=sandbox]")
    page.click("form .button.main")
    expect(page.locator("img.qr")).to_be_visible()
    page.click("text=Scan with a virtual phone")
    expect(page.locator("text=It sends and receives now.")).to_be_visible()

    page.goto("/keys/new")
    page.fill("#f-name", "First program")
    page.click("form .button.main")
    key = page.input_value("#secret")
    assert key.startswith("msg_")
    with page.expect_navigation(url="**/keys"):
        page.click("[data-saved]")

    page.goto("/messages/new")
    page.fill("#f-text", "Hello Maya")
    page.click("form .button.main")
    expect(page.locator(".timeline .seen")).to_be_visible()
    seconds = time.monotonic() - began
    record_property("seconds", round(seconds, 1))
    assert seconds < TWO_MINUTES

    page.click("text=Virtual phone")
    expect(page.locator(".bubble:has-text('Hello Maya')")).to_be_visible()
    page.fill("#f-text", "Hello Grace")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble.mine:has-text('Hello Grace')")).to_be_visible()
    answer = page.request.post(
        "/api/v1/messages",
        headers={"X-API-Key": key},
        data={"to": page.locator(".status > span").inner_text(), "text": "From a program"},
    )
    assert answer.status == 202, answer.text()
    expect(page.locator(".bubble:has-text('From a program')")).to_be_visible()

    page.click(".airplane")
    expect(page.locator(".airplane[aria-pressed=true]")).to_be_visible()
    page.goto("/messages?status=received")
    expect(page.locator("text=Hello Grace")).to_be_visible()
