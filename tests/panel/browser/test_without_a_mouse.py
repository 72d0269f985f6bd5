"""With the keyboard alone, without scripts, and what scripts add."""

import re
from typing import Any

import pytest
from playwright.sync_api import Dialog, expect

pytestmark = pytest.mark.slow

PASSWORD = "correct horse battery staple"


def test_a_login_by_keyboard(enter: Any) -> None:
    page = enter()
    page.goto("/login")
    expect(page.locator("#f-email")).to_be_focused()
    page.keyboard.type("ada@example.com")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.id") != "f-password":
        page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")


def test_shortcuts_lead_through_the_panel(enter: Any, shortcut: Any) -> None:
    page = enter("ada")
    page.goto("/home")
    shortcut(page, "gk", "**/keys")
    shortcut(page, "c", "**/keys/new")


def test_the_first_key_of_two_is_remembered_for_its_own_time(enter: Any, shortcut: Any) -> None:
    """Not for that of a key before it."""
    page = enter("ada")
    page.clock.install()
    page.goto("/home")
    page.keyboard.press("Tab")
    page.clock.fast_forward(1_100)
    page.keyboard.press("g")
    page.clock.fast_forward(200)
    shortcut(page, "k", "**/keys")
    page.keyboard.press("g")
    page.clock.fast_forward(1_300)
    shortcut(page, "c", "**/keys/new")


def test_shortcuts_stay_quiet_while_somebody_types(enter: Any) -> None:
    page = enter("ada")
    page.goto("/keys/new")
    page.fill("#f-name", "")
    page.focus("#f-name")
    page.keyboard.type("gk?c")
    assert page.input_value("#f-name") == "gk?c"
    expect(page.locator("#shortcuts")).not_to_be_visible()


def test_the_question_mark_lists_the_keys_and_escape_closes_them(enter: Any) -> None:
    page = enter("ada")
    page.goto("/home")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).not_to_be_visible()


def test_the_first_tab_leads_to_the_content(enter: Any) -> None:
    page = enter("ada")
    page.goto("/keys")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_dangerous_button_asks_in_a_dialog_and_gives_the_focus_back(enter: Any) -> None:
    page = enter("ada")
    page.goto("/keys")
    button = page.locator("td.end a").first
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_visible()
    expect(page.get_by_role("button", name="Revoke key")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).not_to_be_visible()
    expect(button).to_be_focused()


def test_everything_works_without_scripts(enter: Any) -> None:
    page = enter(java_script_enabled=False)
    page.goto("/login")
    page.fill("#f-email", "nora@example.com")
    page.fill("#f-password", PASSWORD)
    page.click("form[action='/login'] .main")
    page.wait_for_url("**/home")
    page.goto("/keys/new")
    page.fill("#f-name", "Without scripts")
    page.click("text=Create key")
    assert re.fullmatch(r"msg_\w{38}", page.input_value("#secret"))
    page.click("text=I have saved it")
    page.get_by_role("link", name="Revoke Without scripts").click()
    page.click("button:has-text('Revoke key')")
    expect(page.get_by_role("status")).to_contain_text("Key revoked")


def test_a_new_key_is_copied_and_not_left_by_accident(enter: Any) -> None:
    page = enter("ada", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/keys/new")
    page.fill("#f-name", "Copied")
    page.click("button:has-text('Create key')")
    page.click(".secret [data-copies]")
    expect(page.locator(".secret .copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.input_value("#secret")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    with page.expect_event("dialog"):
        page.click(".places a:has-text('Home')")
    assert asked == ["beforeunload"]
    page.click("text=I have saved it")
    page.wait_for_url("**/keys")
    assert asked == ["beforeunload"]


def test_a_language_chosen_once_is_chosen_everywhere(enter: Any) -> None:
    page = enter("ada")
    for name in ("first", "second"):
        page.goto("/keys/new")
        page.fill("#f-name", name)
        page.click("button:has-text('Create key')")
        if name == "first":
            page.get_by_role("tab", name="curl").focus()
            page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name="Python")).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tabpanel")).to_contain_text("import requests")
        page.click("text=I have saved it")
        page.wait_for_url("**/keys")


def test_the_theme_changes_at_once_and_stays(enter: Any) -> None:
    page = enter("ada", color_scheme="light")
    page.goto("/home")
    page.click(".person")
    page.click("button[value=dark]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"
    page.goto("/keys")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_home_keeps_itself_up_to_date(enter: Any) -> None:
    page = enter("ada")
    page.goto("/home")
    with page.expect_response("**/home/now"):
        page.evaluate("htmx.ajax('GET', '/home/now', {target: '#now', swap: 'outerHTML'})")
    expect(page.locator("#now")).to_contain_text("Night desk")


def test_the_chart_says_each_day_in_numbers(enter: Any) -> None:
    page = enter("ada")
    page.goto("/home")
    page.locator(".chart").scroll_into_view_if_needed()
    page.locator(".u-over").hover()
    expect(page.locator(".chart-tip")).to_contain_text("Delivered:")
    page.click("text=Show as a table")
    expect(page.locator(".chart-table tbody tr")).to_have_count(30)
