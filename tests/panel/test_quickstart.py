"""The quickstart with the reader's own number and key, and what it shows to others."""

import re
from typing import Any

import pytest

from messageapi.keys import find as keys

PAGE = "/docs/quickstart"
KEY = re.compile(r"msg_[0-9A-Za-z]{38}")


@pytest.fixture
async def number(ada: Any, linked: Any) -> str:
    return str(await linked(ada.caller, phone="+4915111111111"))


async def test_a_stranger_reads_samples_and_how_to_get_a_key(stranger: Any) -> None:
    page = await stranger.get(PAGE)
    assert page.status_code == 200
    assert "msg_..." in page.text
    assert 'href="/login?next=/docs/quickstart"' in page.text
    assert "Create a key and fill it in" not in page.text


@pytest.mark.usefixtures("number")
async def test_the_first_message_goes_from_the_readers_number_to_itself(ada: Any, nora: Any) -> None:
    page = (await ada.get(PAGE)).text
    assert "Shop" in page
    assert "4915111111111&#34;, &#34;text" in page
    assert "4915111111111" not in (await nora.get(PAGE)).text


async def test_a_key_made_here_is_in_every_sample_and_shown_once(ada: Any, doors: Any) -> None:
    page = (await ada.send(f"{PAGE}/key", on=PAGE)).text
    (key,) = set(KEY.findall(page))
    samples = re.findall(r'<pre tabindex="0" aria-label="\w+"><code>(.*?)</code>', page, re.DOTALL)
    assert len(samples) == 7
    assert all(key in sample for sample in samples)
    assert KEY.search((await ada.get(PAGE)).text) is None
    async with doors.db.reading() as tx:
        assert [each.name for each in await keys.page(tx, ada.caller, None, 10)] == ["Quickstart"]


async def test_a_viewer_is_offered_no_key_and_gets_none(bob: Any) -> None:
    assert "Create a key and fill it in" not in (await bob.get(PAGE)).text
    refused = await bob.send(f"{PAGE}/key", on=PAGE)
    assert (refused.status_code, "Ask an owner" in refused.text) == (403, True)


async def test_the_start_page_leads_those_who_are_signed_in_to_the_panel(ada: Any, stranger: Any) -> None:
    assert 'href="/home"' in (await ada.get("/")).text
    page = (await stranger.get("/")).text
    assert 'href="/home"' not in page
    assert 'href="/sign-up"' in page


async def test_a_chosen_theme_holds_on_the_site_too(stranger: Any) -> None:
    await stranger.send("/theme", {"theme": "dark", "back": "/docs"}, on="/docs")
    assert 'data-theme="dark"' in (await stranger.get("/docs")).text
