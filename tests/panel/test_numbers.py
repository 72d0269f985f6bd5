"""The pages of numbers: list, new, linking, one, settings, delete."""

import re
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from messageapi.bus import subjects
from messageapi.engines.port import PairingCode, Qr, Shown
from messageapi.numbers import find
from messageapi.numbers.create import create
from messageapi.numbers.pause import pause
from messageapi.store.tables import numbers


@pytest.fixture
def has(doors: Any) -> Any:
    """A number of an account, in some state."""

    async def made(caller: Any, name: str = "Shop", network: Any = "whatsapp", **values: Any) -> Any:
        number = await create(doors, caller, name=name, network=network)
        if values:
            change = update(numbers).where(numbers.c.id == number.id).values(**values)
            await doors.db.writer.run(lambda tx: tx.execute(change))
        async with doors.db.reading() as tx:
            return await find.one(tx, caller, number.id)

    return made


@pytest.fixture
def shows(doors: Any, bus: Any) -> Any:
    """The pairing host of a number shows this code."""

    newest: dict[str, Any] = {}

    async def answering(number_id: str, event: Any) -> None:
        async def answer(_subject: str, _payload: bytes, reply: Any) -> None:
            await reply(msgspec.msgpack.encode(Shown(newest[number_id])))

        if number_id not in newest:
            await bus.subscribe(subjects.shown(number_id), answer)
        newest[number_id] = event

    return answering


LINKED = {"jid": "4915112345678:1@s.whatsapp.net", "phone": "+4915112345678"}


async def test_an_empty_list_says_what_a_number_is(nora: Any) -> None:
    page = (await nora.get("/numbers")).text
    assert "No number yet" in page
    assert 'href="/numbers/new"' in page


async def test_the_list_says_each_state_with_what_to_do(ada: Any, has: Any) -> None:
    await has(ada.caller, "Night desk", state="logged_out", reason_code="logged_out", reason=None, **LINKED)
    page = (await ada.get("/numbers")).text
    assert "Logged out" in page
    assert "Link it again to keep sending." in page
    assert "+49 1511 2345678" in page


async def test_the_list_is_sent_again_only_when_something_changed(ada: Any, has: Any, doors: Any) -> None:
    number = await has(ada.caller, state="connected", **LINKED)
    address = re.search(r'hx-get="(/numbers/now[^"]+)"', (await ada.get("/numbers")).text)
    assert address
    assert (await ada.get(address[1])).status_code == 204
    await pause(doors, ada.caller, number.id)
    again = await ada.get(address[1])
    assert (again.status_code, "Paused" in again.text) == (200, True)


async def test_a_new_number_without_an_engine_is_kept_and_says_why(ada: Any) -> None:
    answer = await ada.send("/numbers", {"name": "Shop", "network": "whatsapp"}, on="/numbers/new")
    assert answer.status_code == 303
    page = await ada.get(answer.headers["location"])
    assert "Link Shop" in page.text
    assert "Show QR code" in page.text


async def test_a_number_without_a_name_is_refused_in_the_form(ada: Any) -> None:
    answer = await ada.send("/numbers", {"name": " ", "network": "sandbox"}, on="/numbers/new")
    assert answer.status_code == 422
    assert "A name has 1 to 200 characters" in answer.text
    assert re.search(r'value="sandbox" checked', answer.text)


async def test_the_code_is_drawn_and_renews_itself(ada: Any, has: Any, shows: Any, doors: Any) -> None:
    number = await has(ada.caller, state="linking")
    await shows(number.id, Qr("2@first,code", doors.clock() + 20_000))
    page = (await ada.get(f"/numbers/{number.id}/link")).text
    assert "data:image/svg+xml;base64," in page
    address = re.search(r'hx-get="(/numbers/[^"]+/link/now\?seen=\w+)"', page)
    assert address
    assert (await ada.get(address[1])).status_code == 204
    await shows(number.id, Qr("2@second,code", doors.clock() + 20_000))
    again = await ada.get(address[1])
    assert (again.status_code, "data:image/svg+xml;base64," in again.text) == (200, True)
    assert address[1] not in again.text


async def test_a_code_to_type_is_shown_in_two_halves(ada: Any, has: Any, shows: Any, doors: Any) -> None:
    number = await has(ada.caller, state="linking")
    await shows(number.id, PairingCode("ABCD1234", doors.clock() + 60_000))
    page = (await ada.get(f"/numbers/{number.id}/link")).text
    assert "<span>ABCD</span><span>1234</span>" in page
    assert "Link with phone number instead" in page


async def test_a_connected_number_shows_the_tick_and_stops_asking(ada: Any, has: Any) -> None:
    number = await has(ada.caller, state="connected", **LINKED)
    piece = (await ada.get(f"/numbers/{number.id}/link/now?seen=old")).text
    assert "+49 1511 2345678 is linked" in piece
    assert "hx-get" not in piece


async def test_a_viewer_never_sees_a_code(ada: Any, bob: Any, has: Any, shows: Any, doors: Any) -> None:
    number = await has(ada.caller, state="linking")
    await shows(number.id, Qr("2@secret", doors.clock() + 20_000))
    for path in ("link", "link/now"):
        answer = await bob.get(f"/numbers/{number.id}/{path}")
        assert (answer.status_code, "base64" in answer.text) == (403, False)


async def test_a_real_number_is_not_scanned_by_a_virtual_phone(ada: Any, has: Any) -> None:
    number = await has(ada.caller, state="linking")
    answer = await ada.send(f"/numbers/{number.id}/scan", on="/home")
    assert answer.status_code == 409
    assert "Use the phone that it belongs to" in answer.text


async def test_a_sandbox_that_does_not_run_is_said_so(ada: Any, has: Any) -> None:
    number = await has(ada.caller, network="sandbox", state="linking")
    answer = await ada.send(f"/numbers/{number.id}/scan", on="/home")
    assert answer.status_code == 503
    assert "sandbox network does not answer" in answer.text


async def test_settings_are_shown_and_saved(ada: Any, has: Any, doors: Any) -> None:
    number = await has(ada.caller, state="connected", **LINKED)
    address = f"/numbers/{number.id}/settings"
    assert 'name="gap_ms" type="text" value="4"' in (await ada.get(address)).text
    limits = {"jitter_ms": "0,5", "per_minute": "5", "per_hour": "50", "per_day": "0", "new_contacts_per_day": "9"}
    sent = {"name": "Store", "auto_read": "yes", "auto_download": "all", "paced": "yes", "gap_ms": "2.5", **limits}
    assert (await ada.send(address, sent)).status_code == 303
    async with doors.db.reading() as tx:
        now = await find.one(tx, ada.caller, number.id)
    assert (now.name, now.auto_read, now.reject_calls, now.auto_download, now.paced) == (
        "Store",
        True,
        False,
        "all",
        True,
    )
    page = (await ada.get(address)).text
    assert 'name="gap_ms" type="text" value="2.5"' in page
    assert 'name="jitter_ms" type="text" value="0.5"' in page


async def test_settings_that_are_no_numbers_are_refused_and_kept_in_the_form(ada: Any, has: Any) -> None:
    number = await has(ada.caller)
    answer = await ada.send(f"/numbers/{number.id}/settings", {"name": "Store", "gap_ms": "soon"})
    assert answer.status_code == 422
    assert 'value="soon"' in answer.text


async def test_a_number_is_deleted_only_with_its_name_typed(ada: Any, has: Any) -> None:
    number = await has(ada.caller, "Night desk")
    address = f"/numbers/{number.id}/delete"
    assert (await ada.send(address, {"name": "night desk"})).status_code == 422
    assert (await ada.send(address, {"name": "Night desk"})).headers["location"] == "/numbers"
    assert (await ada.get(f"/numbers/{number.id}")).status_code == 404


async def test_sending_is_paused_and_resumed_from_its_page(ada: Any, has: Any) -> None:
    number = await has(ada.caller, state="connected", **LINKED)
    page = f"/numbers/{number.id}"
    await ada.send(f"{page}/pause", on=page)
    assert "Resume sending" in (await ada.get(page)).text
    await ada.send(f"{page}/resume", on=page)
    assert "Pause sending" in (await ada.get(page)).text


async def test_another_accounts_number_is_not_there(ada: Any, nora: Any, has: Any) -> None:
    number = await has(ada.caller, "Secret shop", network="sandbox")
    paths = [
        f"/numbers/{number.id}{rest}" for rest in ("", "/now", "/link", "/link/now", "/settings", "/delete", "/phone")
    ]
    answers = [await nora.get(path) for path in paths]
    verbs = ("link", "scan", "pause", "stop", "restart", "unlink", "delete", "default", "settings", "phone/send")
    answers += [await nora.send(f"/numbers/{number.id}/{verb}", on="/home") for verb in verbs]
    assert {answer.status_code for answer in answers} == {404}
    assert "Secret shop" not in "".join(answer.text for answer in answers)
