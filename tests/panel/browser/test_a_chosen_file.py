"""What the page of a new message does when a file is chosen, before anything is sent."""

from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from messageapi.panel.pages.messages.compose import LARGEST_FILE

pytestmark = pytest.mark.slow


@pytest.fixture
def composing(enter: Any) -> Page:
    page: Page = enter("ada")
    page.goto("/messages/new")
    page.click("text=Attach a file")
    return page


def test_its_name_stands_in_the_call_beside_the_form(composing: Page) -> None:
    composing.set_input_files("#f-file", {"name": "menu.png", "mimeType": "image/png", "buffer": b"\x89PNG"})
    code = composing.locator("#code-curl")
    expect(code).to_contain_text('file=@"menu.png"')
    expect(code).to_contain_text('"type": "image"')
    composing.select_option("#f-kind", "document")
    expect(code).to_contain_text('"type": "document"')


def test_one_that_is_too_large_is_not_sent(composing: Page) -> None:
    composing.fill("#f-to", "+4915222222222")
    large: FilePayload = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"\0" * (LARGEST_FILE + 1)}
    composing.set_input_files("#f-file", large)
    assert "too large" in composing.evaluate("document.querySelector('#f-file').validationMessage")
    composing.evaluate("addEventListener('submit', event => { window.sent = true; event.preventDefault(); })")
    composing.click("text=Send message")
    assert not composing.evaluate("window.sent")
    composing.set_input_files("#f-file", [])
    composing.click("text=Send message")
    assert composing.evaluate("window.sent")
