"""A number's life through HTTP, and that it is its account's alone."""

from typing import Any

import pytest

from messageapi.numbers import remove, rows
from messageapi.store.db import Tx
from messageapi.web.doors import Doors

NUMBERS = "/api/v1/numbers"


async def hold(doors: Doors, number: str, host_id: str) -> None:
    """As the placer writes it when a host holds the number."""

    async def work(tx: Tx) -> None:
        placed = await rows.placement_of(tx, number)
        assert placed
        await rows.place(tx, number, placed.epoch, wanted=True, host_id=host_id)

    await doors.db.writer.run(work)


@pytest.fixture
async def linked(doors: Doors, alice: Any, make: Any) -> str:
    """A connected number of Alice's that an engine host holds; its id."""
    number = str(await make.make_number(doors, alice.caller))
    await hold(doors, number, "engine_host")
    return number


async def test_a_new_number_says_what_to_do_next(alice: Any) -> None:
    made = await alice.post(NUMBERS, json={"name": "  Shop ", "network": "sandbox"})
    assert made.status_code == 201
    seen = made.json()
    assert (seen["name"], seen["network"], seen["state"], seen["reasonCode"]) == (
        "Shop",
        "sandbox",
        "created",
        "never_linked",
    )
    assert "Link it" in seen["reason"]
    assert (await alice.get(f"{NUMBERS}/{seen['id']}")).json() == seen


async def test_the_first_number_is_the_default_until_another_is_made_so(alice: Any) -> None:
    first = (await alice.post(NUMBERS, json={"name": "one", "network": "sandbox"})).json()
    second = (await alice.post(NUMBERS, json={"name": "two", "network": "sandbox"})).json()
    assert (first["default"], second["default"]) == (True, False)
    changed = await alice.patch(f"{NUMBERS}/{second['id']}", json={"default": True})
    assert changed.json()["default"] is True
    assert (await alice.get(f"{NUMBERS}/{first['id']}")).json()["default"] is False


async def test_there_is_always_a_default(alice: Any, number: str) -> None:
    refused = await alice.patch(f"{NUMBERS}/{number}", json={"default": False})
    assert (refused.status_code, refused.json()["code"]) == (422, "default_needed")


async def test_numbers_are_listed_oldest_first_in_pages(alice: Any) -> None:
    for name in ("a", "b", "c"):
        await alice.post(NUMBERS, json={"name": name, "network": "sandbox"})
    page = (await alice.get(NUMBERS, params={"limit": 2})).json()
    rest = (await alice.get(NUMBERS, params={"limit": 2, "cursor": page["nextCursor"]})).json()
    assert [one["name"] for one in (*page["items"], *rest["items"])] == ["a", "b", "c"]
    assert rest["nextCursor"] is None


async def test_a_name_is_used_once_in_an_account(alice: Any, charlie: Any, number: str) -> None:
    taken = await alice.post(NUMBERS, json={"name": "Shop", "network": "sandbox"})
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")
    other = (await alice.post(NUMBERS, json={"name": "Other", "network": "sandbox"})).json()["id"]
    assert (await alice.patch(f"{NUMBERS}/{other}", json={"name": "Shop"})).status_code == 409
    assert (await charlie.post(NUMBERS, json={"name": "Shop", "network": "sandbox"})).status_code == 201
    assert number


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\u0000b", "a\nb"])
async def test_a_bad_name_is_refused(alice: Any, name: str) -> None:
    assert (await alice.post(NUMBERS, json={"name": name})).status_code == 422


@pytest.mark.parametrize(
    "body", [{}, {"name": 5}, {"name": "x", "network": "signal"}, {"name": "x", "unknown": 1}, [], "x", None]
)
async def test_a_malformed_number_is_refused(alice: Any, body: Any) -> None:
    assert (await alice.post(NUMBERS, json=body)).status_code in {400, 422}


async def test_an_unlinked_number_is_logged_out_at_its_host_and_forgotten(
    alice: Any, doors: Doors, machine: Any, linked: str
) -> None:
    async with doors.db.reading() as tx:
        folder = doors.settings.data_folder / "sessions" / await rows.folder_of(tx, linked)
    folder.mkdir(parents=True)
    answer = await alice.post(f"{NUMBERS}/{linked}/unlink")
    seen = answer.json()
    assert (seen["state"], seen["reasonCode"], seen["loggedOutAtWhatsapp"]) == ("logged_out", "unlinked", True)
    assert [command.number_id for command in machine.unlinked] == [linked]
    assert not folder.exists()
    async with doors.db.reading() as tx:
        placed = await rows.placement_of(tx, linked)
    assert placed
    assert (placed.wanted, placed.host_id) == (False, None)
    assert placed.epoch > machine.unlinked[0].epoch


async def test_unlinking_without_its_host_says_that_the_phone_still_lists_it(alice: Any, linked: str) -> None:
    answer = await alice.post(f"{NUMBERS}/{linked}/unlink")
    assert (answer.json()["state"], answer.json()["loggedOutAtWhatsapp"]) == ("logged_out", False)


async def test_a_number_can_be_linked_again_after_unlinking(alice: Any, machine: Any, linked: str) -> None:
    await alice.post(f"{NUMBERS}/{linked}/unlink")
    again = await alice.post(f"{NUMBERS}/{linked}/link", json={})
    assert (again.status_code, again.json()["state"]) == (202, "linking")
    assert machine.started[0].spec.jid == ""


async def test_stop_and_restart(alice: Any, linked: str) -> None:
    stopped = await alice.post(f"{NUMBERS}/{linked}/stop")
    assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")
    restarted = await alice.post(f"{NUMBERS}/{linked}/restart")
    assert (restarted.status_code, restarted.json()["state"]) == (202, "connecting")


@pytest.mark.parametrize(
    ("verb", "code"),
    [("stop", "number_not_running"), ("restart", "number_not_linked"), ("unlink", "number_not_linked")],
)
async def test_what_a_new_number_cannot_do_yet(alice: Any, number: str, verb: str, code: str) -> None:
    refused = await alice.post(f"{NUMBERS}/{number}/{verb}")
    assert (refused.status_code, refused.json()["code"]) == (409, code)


async def test_a_banned_number_is_not_restarted_before_its_time(
    alice: Any, doors: Doors, make: Any, clock: Any
) -> None:
    number = await make.make_number(doors, alice.caller, state="banned")
    until = clock() + 60_000
    await doors.db.writer.run(lambda tx: rows.change(tx, number, "banned", limited_until=until))
    refused = await alice.post(f"{NUMBERS}/{number}/restart")
    assert (refused.status_code, refused.json()["code"]) == (409, "number_banned")
    clock.forward(60_000)
    assert (await alice.post(f"{NUMBERS}/{number}/restart")).status_code == 202


async def test_a_deleted_number_is_unlinked_and_gone(alice: Any, doors: Doors, machine: Any, linked: str) -> None:
    other = (await alice.post(NUMBERS, json={"name": "Other", "network": "sandbox"})).json()["id"]
    assert (await alice.delete(f"{NUMBERS}/{linked}")).status_code == 204
    assert (await alice.get(f"{NUMBERS}/{linked}")).status_code == 404
    assert [command.number_id for command in machine.unlinked] == [linked]
    assert (await alice.get(f"{NUMBERS}/{other}")).json()["default"] is True
    assert doors


async def test_the_messages_of_a_deleted_number_go_a_few_at_a_time(
    alice: Any, doors: Doors, make: Any, linked: str, machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make.make_number(doors, alice.caller, name="Other", phone="+4915111111112")
    for sender in [linked] * 5 + ["+4915111111112"]:
        sent = await alice.post("/api/v1/messages", json={"from": sender, "to": "+4915222222222", "text": "Hello"})
        assert sent.status_code == 202
    portions: list[int] = []
    delete_some = rows.remove_messages

    async def watched(tx: Tx, number_id: str, most: int) -> int:
        portions.append(await delete_some(tx, number_id, most))
        return portions[-1]

    monkeypatch.setattr(remove, "AT_ONCE", 2)
    monkeypatch.setattr(rows, "remove_messages", watched)
    assert (await alice.delete(f"{NUMBERS}/{linked}")).status_code == 204
    assert portions == [2, 2, 1, 0]
    assert len((await alice.get("/api/v1/messages")).json()["items"]) == 1
    assert machine.unlinked


async def test_deleting_while_linking_ends_the_linking(alice: Any, linking: str, machine: Any) -> None:
    assert (await alice.delete(f"{NUMBERS}/{linking}")).status_code == 204
    assert machine.released == ["pairing_0"]


CALLS = [
    ("GET", ""),
    ("PATCH", ""),
    ("DELETE", ""),
    ("POST", "/link"),
    ("GET", "/qr"),
    ("POST", "/unlink"),
    ("POST", "/restart"),
    ("POST", "/pause"),
    ("POST", "/resume"),
    ("POST", "/stop"),
]


@pytest.mark.parametrize(("method", "verb"), CALLS)
async def test_another_accounts_number_is_not_there(charlie: Any, linked: str, method: str, verb: str) -> None:
    body: dict[str, Any] = {"json": {}} if method == "PATCH" or verb == "/link" else {}
    refused = await charlie.call(method, f"{NUMBERS}/{linked}{verb}", **body)
    assert (refused.status_code, refused.json()["code"]) == (404, "number_not_found")


@pytest.mark.parametrize(("method", "verb"), CALLS[1:])
async def test_reading_is_all_that_a_reader_may(bob: Any, linked: str, method: str, verb: str) -> None:
    body: dict[str, Any] = {"json": {}} if method == "PATCH" or verb == "/link" else {}
    assert (await bob.call(method, f"{NUMBERS}/{linked}{verb}", **body)).status_code == 403
    assert (await bob.get(f"{NUMBERS}/{linked}")).status_code == 200


async def test_another_accounts_numbers_are_not_listed(alice: Any, charlie: Any, number: str) -> None:
    assert (await charlie.get(NUMBERS)).json()["items"] == []
    assert [one["id"] for one in (await alice.get(NUMBERS)).json()["items"]] == [number]


async def test_no_answer_holds_a_secret(alice: Any, linking: str, machine: Any) -> None:
    answers = [await alice.get(NUMBERS), await alice.get(f"{NUMBERS}/{linking}")]
    spec = machine.started[0].spec
    for answer in answers:
        assert spec.folder not in answer.text
        assert "journal" not in answer.text.lower()
