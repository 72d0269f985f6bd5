"""A passkey in a real browser, with a virtual authenticator: made, used to log in, removed."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.slow

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(chromium: Browser, named: Any) -> Any:
    context = chromium.new_context(base_url=named.url)
    context.add_cookies([{"name": "session", "value": named.sessions["ada"], "url": named.url}])
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield page
    context.close()


def test_a_passkey_is_made_lets_its_owner_in_and_is_removed(page: Page, staging: Any) -> None:
    page.goto("/security")
    page.click("text=Add passkey")
    page.fill("#f-name", "Work laptop")
    page.click("text=Make passkey")
    expect(page.locator(".codes li")).to_have_count(10)
    page.click("text=I have saved them")
    expect(page.get_by_text("Work laptop").first).to_be_visible()
    page.click("summary.person")
    page.click(".sheet >> text=Log out")
    page.wait_for_url("**/login")
    page.fill("#f-email", "ada@example.com")
    page.fill("#f-password", staging.PASSWORD)
    page.click("button.main")
    page.wait_for_url("**/second-step")
    page.click("button.main")
    page.wait_for_url("**/home")
    page.goto("/security")
    page.click("a:has-text('Remove')")
    page.click("dialog .bad.main")
    expect(page.locator("main")).not_to_contain_text(re.compile("Work laptop"))
