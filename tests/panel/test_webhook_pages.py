"""Endpoints of webhooks in the panel: made, changed, paused, deleted, and what was delivered to them."""

import html
import re
from typing import Any

import pytest
from sqlalchemy import update

from messageapi.store.tables import deliveries
from messageapi.vocab.events import CATALOGUE
from messageapi.webhooks import find
from messageapi.webhooks.create import create
from messageapi.webhooks.schemas import NewWebhook

SECRET = re.compile(r"whsec_[\w+/=]+")


async def _made(doors: Any, caller: Any, **given: Any) -> str:
    wanted = NewWebhook(**{"url": "https://example.com/hooks/7f3a", "description": "Order desk", **given})
    return str((await create(doors, caller, wanted)).endpoint.id)


async def test_an_empty_list_says_what_an_endpoint_is(nora: Any) -> None:
    text = (await nora.get("/webhooks")).text
    assert "No endpoint yet" in text
    assert 'href="/webhooks/new"' in text


async def test_the_form_offers_every_event_of_the_catalogue_but_the_test(ada: Any) -> None:
    text = (await ada.get("/webhooks/new")).text
    offered = set(re.findall(r'name="event" value="([^"]+)"', text))
    assert offered == set(CATALOGUE) - {"webhook.test"}


async def test_a_new_endpoint_shows_its_secret_once_and_in_the_code_that_verifies(ada: Any, doors: Any) -> None:
    fields = {"url": "https://example.com/hooks", "which": "some", "event": ["message.received", "message.read"]}
    made = await ada.send("/webhooks", fields, on="/webhooks/new")
    assert made.status_code == 200
    secret = SECRET.search(made.text)
    assert secret
    assert made.text.count(secret[0]) >= 5
    async with doors.db.reading() as tx:
        (endpoint,) = await find.page(tx, ada.caller, None, 10)
    assert endpoint.events == '["message.read","message.received"]'
    shown = (await ada.get(f"/webhooks/{endpoint.id}")).text
    assert secret[0] not in shown
    assert "https://example.com/hooks" in shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": "https://example.com/hooks", "which": "some"}, "Tick at least one event"),
        ({"url": ""}, "Write the URL"),
        ({"url": "ftp://example.com/"}, "Correct it"),
        ({"url": "http://127.0.0.1/"}, "private network"),
        ({"url": "https://example.com/", "headers": "no colon"}, "a line of its own"),
        ({"url": "https://example.com/", "headers": "Host: other"}, "set by the server itself"),
        ({"url": "https://example.com/", "secret": "whsec_short"}, "24 to 64"),
    ],
)
async def test_a_refused_endpoint_keeps_the_form(ada: Any, fields: dict[str, str], said: str) -> None:
    answer = await ada.send("/webhooks", {"which": "all", "description": "Order desk", **fields}, on="/webhooks/new")
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Order desk"' in answer.text


async def test_what_is_left_empty_when_changing_headers_stays(ada: Any, doors: Any) -> None:
    one = await _made(doors, ada.caller, headers={"Authorization": "Bearer hidden"})
    page = (await ada.get(f"/webhooks/{one}/edit")).text
    assert "Set now: Authorization" in page
    assert "Bearer hidden" not in page
    fields = {"url": "https://example.com/other", "description": "Desk", "which": "all"}
    assert (await ada.send(f"/webhooks/{one}/edit", fields)).status_code == 303
    assert "Authorization" in (await ada.get(f"/webhooks/{one}")).text
    await ada.send(f"/webhooks/{one}/edit", {**fields, "no_headers": "yes"})
    assert "Authorization" not in (await ada.get(f"/webhooks/{one}")).text


async def test_one_that_is_paused_is_resumed_from_its_page(ada: Any, doors: Any) -> None:
    one = await _made(doors, ada.caller)
    await ada.send(f"/webhooks/{one}/pause", on=f"/webhooks/{one}")
    paused = (await ada.get(f"/webhooks/{one}")).text
    assert "Nothing is delivered" in paused
    assert f'action="/webhooks/{one}/resume"' in paused
    await ada.send(f"/webhooks/{one}/resume", on=f"/webhooks/{one}")
    assert f'action="/webhooks/{one}/test"' in (await ada.get(f"/webhooks/{one}")).text


async def test_a_rotated_secret_is_new(ada: Any, doors: Any) -> None:
    one = await _made(doors, ada.caller)
    first = SECRET.search((await ada.send(f"/webhooks/{one}/rotate", {"overlap": "24"})).text)
    second = (await ada.send(f"/webhooks/{one}/rotate", {"overlap": "24"})).text
    assert first
    assert first[0] not in second
    assert "signs as well" in second
    assert "signs as well" not in (await ada.send(f"/webhooks/{one}/rotate", {"overlap": "0"})).text


async def test_a_test_event_waits_on_its_page_and_is_followed_there(ada: Any, doors: Any) -> None:
    one = await _made(doors, ada.caller)
    sent = await ada.send(f"/webhooks/{one}/test", on=f"/webhooks/{one}")
    page = (await ada.get(sent.headers["location"])).text
    assert "Not tried yet" in page
    assert "hx-get=" in page
    assert "webhook.test" in (await ada.get(f"/webhooks/{one}?show=pending")).text
    assert "webhook.test" not in (await ada.get(f"/webhooks/{one}?show=delivered")).text


async def test_attempts_show_what_the_receiver_answered(ada: Any, doors: Any, staging: Any) -> None:
    one = await _made(doors, ada.caller)
    event = await staging.delivered(doors, ada.caller, one)
    page = (await ada.get(f"/webhooks/{one}/deliveries/{event}")).text
    for words in ("Your server answered 500", "&lt;b&gt;out of memory", "Your server answered 200", "Delivered"):
        assert words in page
    assert "hx-get=" not in page
    again = await ada.send(f"/webhooks/{one}/deliveries/{event}/replay", on=f"/webhooks/{one}/deliveries/{event}")
    assert again.status_code == 303
    assert "Waiting" in (await ada.get(f"/webhooks/{one}/deliveries/{event}")).text


async def test_a_delivery_shows_the_event_while_it_is_kept(ada: Any, bob: Any, doors: Any, staging: Any) -> None:
    one = await _made(doors, ada.caller)
    event = await staging.delivered(doors, ada.caller, one)
    for somebody in (ada, bob):
        page = html.unescape((await somebody.get(f"/webhooks/{one}/deliveries/{event}")).text)
        assert f'"id": "{event}"' in page
        assert '"type": "webhook.test"' in page
    gone = update(deliveries).values(expires_at=doors.clock() - 1)
    await doors.db.writer.run(lambda tx: tx.execute(gone))
    page = html.unescape((await ada.get(f"/webhooks/{one}/deliveries/{event}")).text)
    assert ("is not kept any more" in page, '"type": "webhook.test"' in page) == (True, False)


async def test_a_waiting_delivery_is_drawn_anew_only_when_something_became_of_it(ada: Any, doors: Any) -> None:
    one = await _made(doors, ada.caller)
    sent = await ada.send(f"/webhooks/{one}/test", on=f"/webhooks/{one}")
    asked = re.search(r'hx-get="([^"]+)"', (await ada.get(sent.headers["location"])).text)
    assert asked
    assert (await ada.get(asked[1])).status_code == 204
    await doors.db.writer.run(lambda tx: tx.execute(update(deliveries).values(attempts=1)))
    assert (await ada.get(asked[1])).status_code == 200


async def test_many_are_delivered_again_and_nothing_is_said_to_be_nothing(ada: Any, doors: Any, staging: Any) -> None:
    one = await _made(doors, ada.caller)
    await ada.send(f"/webhooks/{one}/replay", {"what": "failed", "span": "1"})
    assert "nothing to deliver again" in (await ada.get("/webhooks")).text
    await staging.delivered(doors, ada.caller, one)
    await doors.db.writer.run(lambda tx: tx.execute(update(deliveries).values(state="failed")))
    await ada.send(f"/webhooks/{one}/replay", {"what": "failed", "span": "24"})
    assert "on their way once more" in (await ada.get("/webhooks")).text


async def test_deleting_asks_for_the_name(ada: Any, doors: Any) -> None:
    one = await _made(doors, ada.caller)
    refused = await ada.send(f"/webhooks/{one}/delete", {"name": "Order"})
    assert (refused.status_code, "Type the endpoint" in refused.text) == (422, True)
    assert (await ada.send(f"/webhooks/{one}/delete", {"name": "Order desk"})).headers["location"] == "/webhooks"
    assert (await ada.get(f"/webhooks/{one}")).status_code == 404


async def test_who_may_only_look_sees_no_url_and_no_button(ada: Any, bob: Any, doors: Any) -> None:
    one = await _made(doors, ada.caller)
    for path in ("/webhooks", f"/webhooks/{one}", f"/webhooks/{one}?show=failed"):
        text = (await bob.get(path)).text
        assert "Order desk" in text
        assert "7f3a" not in text
        assert f'action="/webhooks/{one}' not in text
    assert "7f3a" in (await ada.get(f"/webhooks/{one}")).text


async def test_another_accounts_endpoint_is_not_there(ada: Any, nora: Any, doors: Any, staging: Any) -> None:
    one = await _made(doors, ada.caller)
    event = await staging.delivered(doors, ada.caller, one)
    for path in ("", "/edit", "/rotate", "/delete", "/replay", f"/deliveries/{event}", f"/deliveries/{event}/now"):
        answer = await nora.get(f"/webhooks/{one}{path}")
        assert (answer.status_code, "Order desk" in answer.text) == (404, False)
