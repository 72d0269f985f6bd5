"""Linking through HTTP: begin, show the code, be linked, fail, give up, begin again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from messageapi.engines.port import Linked, PairingCode, PairingFailed, Qr
from messageapi.numbers import rows
from messageapi.numbers.linking.pairing import LINKING_MS
from messageapi.numbers.placing import placement
from messageapi.web.doors import Doors
from messageapi.workers.placing import pairing as worker
from messageapi.workers.placing.pairing import Pairings

PHONE = Linked("12025550101:1@s.whatsapp.net", "1000000001:1@lid", "Shop")


async def read(person: Any, number: str) -> dict[str, Any]:
    return dict((await person.get(f"/api/v1/numbers/{number}")).json())


async def test_linking_begins_in_a_host_of_its_own(alice: Any, linking: str, machine: Any) -> None:
    seen = await read(alice, linking)
    (begun,) = machine.started
    assert (seen["state"], seen["reasonCode"]) == ("linking", "linking")
    assert (begun.spec.number_id, begun.spec.jid, begun.phone) == (linking, "", "")
    assert len(begun.spec.journal_key) == 32


async def test_the_newest_qr_is_shown_in_every_format_and_never_stored_by_a_cache(
    alice: Any, linking: str, machine: Any, qr: Callable[[str], Qr]
) -> None:
    await machine.says(qr("2@first"))
    await machine.says(qr("2@second"))
    path = f"/api/v1/numbers/{linking}/qr"
    shown = await alice.get(path)
    assert shown.json()["qr"] == "2@second"
    assert shown.json()["method"] == "qr"
    pictures = {how: await alice.get(path, params={"format": how}) for how in ("svg", "png", "txt")}
    assert pictures["svg"].text.startswith("<?xml")
    assert pictures["png"].content.startswith(b"\x89PNG")
    assert "█" in pictures["txt"].text
    assert {answer.headers["cache-control"] for answer in (shown, *pictures.values())} == {"no-store"}


async def test_before_the_first_code_the_answer_says_to_ask_again(alice: Any, linking: str) -> None:
    answer = await alice.get(f"/api/v1/numbers/{linking}/qr")
    assert (answer.status_code, answer.json()["code"]) == (404, "qr_not_ready")
    assert answer.headers["retry-after"] == "1"


async def test_an_expired_code_is_not_shown(
    alice: Any, linking: str, machine: Any, qr: Callable[[str], Qr], clock: Any
) -> None:
    await machine.says(qr("2@old"))
    clock.forward(20_000)
    assert (await alice.get(f"/api/v1/numbers/{linking}/qr")).status_code == 404


async def test_a_number_that_is_not_being_linked_has_no_code(alice: Any, number: str) -> None:
    answer = await alice.get(f"/api/v1/numbers/{number}/qr")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_linking")


async def test_linking_with_a_code_shows_the_code(
    alice: Any, number: str, machine: Any, pairings: Pairings, clock: Any
) -> None:
    body = {"method": "code", "phone": "+1 202-555-0101"}
    assert (await alice.post(f"/api/v1/numbers/{number}/link", json=body)).status_code == 202
    assert machine.started[0].phone == "12025550101"
    await machine.says(PairingCode("ABCD-1234", clock() + 60_000))
    path = f"/api/v1/numbers/{number}/qr"
    assert (await alice.get(path)).json()["code"] == "ABCD-1234"
    refused = await alice.get(path, params={"format": "svg"})
    assert (refused.status_code, refused.json()["code"]) == (409, "code_not_qr")
    assert pairings


@pytest.mark.parametrize("phone", [None, "", "hello", "123", "1" * 16, "\uff11" * 11])
async def test_linking_with_a_code_needs_a_phone(alice: Any, number: str, machine: Any, phone: str | None) -> None:
    refused = await alice.post(f"/api/v1/numbers/{number}/link", json={"method": "code", "phone": phone})
    assert (refused.status_code, refused.json()["code"]) == (422, "phone_invalid")
    assert machine.started == []


async def test_a_scanned_number_keeps_its_addresses_and_waits_for_a_host(
    alice: Any, linking: str, machine: Any, pairings: Pairings, doors: Doors
) -> None:
    before = machine.started[0].spec.epoch
    await machine.says(PHONE)
    await pairings.settle()
    seen = await read(alice, linking)
    assert (seen["state"], seen["phone"], seen["lid"]) == ("connecting", "+12025550101", PHONE.lid)
    assert seen["phoneGrouped"] == "+1 202-555-0101"
    async with doors.db.reading() as tx:
        placed = await rows.placement_of(tx, linking)
    assert placed
    assert (placed.wanted, placed.epoch) == (True, before + 1)
    assert machine.released == ["pairing_0"]


async def test_the_word_of_a_scan_counts_once(
    alice: Any, linking: str, machine: Any, pairings: Pairings, doors: Doors
) -> None:
    for _ in range(3):
        await machine.says(PHONE)
    await pairings.settle()
    async with doors.db.reading() as tx:
        placed = await rows.placement_of(tx, linking)
    assert placed
    assert placed.epoch == machine.started[0].spec.epoch + 1
    assert (await read(alice, linking))["state"] == "connecting"


@pytest.mark.parametrize(
    ("code", "ends_as"),
    [
        ("timeout", ("created", "link_timeout")),
        ("refused", ("created", "link_refused")),
        ("passkey_required", ("passkey_required", "passkey_required")),
        ("client_outdated", ("created", "client_outdated")),
        ("network", ("created", "link_network")),
        ("crashed", ("created", "link_crashed")),
        ("something new", ("created", "link_crashed")),
    ],
)
async def test_a_failed_linking_says_why_and_can_begin_again(
    alice: Any, linking: str, machine: Any, pairings: Pairings, code: str, ends_as: tuple[str, str]
) -> None:
    await machine.says(PairingFailed(code, "as told"))
    await pairings.settle()
    seen = await read(alice, linking)
    assert (seen["state"], seen["reasonCode"]) == ends_as
    assert machine.released == ["pairing_0"]
    assert (await alice.post(f"/api/v1/numbers/{linking}/link", json={})).status_code == 202


async def test_a_pairing_host_that_dies_ends_the_linking(
    alice: Any, linking: str, machine: Any, pairings: Pairings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "GRACE_S", 0)
    await machine.dies()
    await pairings.settle()
    assert (await read(alice, linking))["reasonCode"] == "link_crashed"


async def test_a_linking_that_nobody_ends_is_ended_by_its_deadline(
    alice: Any, linking: str, machine: Any, doors: Doors, clock: Any
) -> None:
    lease = await placement.hold(doors, "placer")
    assert lease
    clock.forward(LINKING_MS)
    await placement.tend(doors, lease)
    assert (await read(alice, linking))["state"] == "linking"
    clock.forward(1)
    await placement.tend(doors, lease)
    assert (await read(alice, linking))["reasonCode"] == "link_timeout"
    assert machine.started


async def test_a_linking_does_not_outlive_the_process_that_started_it(
    alice: Any, linking: str, machine: Any, doors: Doors
) -> None:
    folder = doors.settings.data_folder / "sessions" / machine.started[0].spec.folder
    folder.mkdir(parents=True)
    await placement.start_over(doors)
    assert (await read(alice, linking))["reasonCode"] == "link_crashed"
    assert not folder.exists()


async def test_beginning_again_starts_cleanly_and_what_the_old_host_says_is_ignored(
    alice: Any, linking: str, machine: Any, pairings: Pairings, qr: Callable[[str], Qr]
) -> None:
    await machine.says(qr("2@old"))
    assert (await alice.post(f"/api/v1/numbers/{linking}/link", json={})).status_code == 202
    first, second = machine.started
    assert first.spec.folder != second.spec.folder
    assert second.spec.epoch > first.spec.epoch
    assert machine.released == ["pairing_0"]
    await machine.says(qr("2@new"))
    await machine.says(qr("2@late"), linking=0)
    assert (await alice.get(f"/api/v1/numbers/{linking}/qr")).json()["qr"] == "2@new"
    await machine.says(PHONE, linking=0)
    await pairings.settle()
    assert (await read(alice, linking))["state"] == "linking"
    await machine.says(qr("2@newer"))
    assert (await alice.get(f"/api/v1/numbers/{linking}/qr")).json()["qr"] == "2@newer"


@pytest.mark.parametrize(
    ("code", "reason"),
    [("library_unusable", "library_unusable"), ("too_many_links", "too_many_links"), ("not_ready", "link_crashed")],
)
async def test_without_a_pairing_host_linking_is_refused_and_undone(
    alice: Any, number: str, machine: Any, code: str, reason: str
) -> None:
    machine.refuses = code
    refused = await alice.post(f"/api/v1/numbers/{number}/link", json={})
    assert (refused.status_code, refused.json()["code"]) == (503, "engine_unavailable")
    seen = await read(alice, number)
    assert (seen["state"], seen["reasonCode"]) == ("created", reason)


async def test_without_a_supervisor_linking_is_refused_and_undone(alice: Any, number: str) -> None:
    refused = await alice.post(f"/api/v1/numbers/{number}/link", json={})
    assert refused.status_code == 503
    assert (await read(alice, number))["state"] == "created"


async def test_a_linked_number_is_not_linked_over(alice: Any, linking: str, machine: Any, pairings: Pairings) -> None:
    await machine.says(PHONE)
    await pairings.settle()
    refused = await alice.post(f"/api/v1/numbers/{linking}/link", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "number_linked")
    assert len(machine.started) == 1


async def test_giving_up_ends_the_pairing_host_and_removes_what_was_half_made(
    alice: Any, linking: str, machine: Any, doors: Doors
) -> None:
    folder = doors.settings.data_folder / "sessions" / machine.started[0].spec.folder
    folder.mkdir(parents=True)
    (folder / "half").write_text("made")
    answer = await alice.post(f"/api/v1/numbers/{linking}/unlink")
    assert (answer.json()["state"], answer.json()["reasonCode"]) == ("created", "link_canceled")
    assert machine.released == ["pairing_0"]
    assert not folder.exists()


async def test_a_qr_is_nowhere_but_in_memory(
    alice: Any, linking: str, machine: Any, qr: Callable[[str], Qr], tmp_path: Path, logged: list[str]
) -> None:
    await machine.says(qr("2@hidden-canary"))
    assert (await alice.get(f"/api/v1/numbers/{linking}/qr")).json()["qr"] == "2@hidden-canary"
    assert b"hidden-canary" not in everything_under(tmp_path)
    assert "hidden-canary" not in "".join(logged)


def everything_under(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
