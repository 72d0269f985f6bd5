"""Who is on WhatsApp, asked through HTTP."""

import dataclasses
from typing import Any

import pytest

from messageapi.contacts import quota
from messageapi.engines.port import Found

ANA, REAL, LID = "+5511987654321", "551187654321@s.whatsapp.net", "90000000001@lid"


@pytest.fixture(autouse=True)
def ana(host: Any) -> None:
    host.people[ANA] = Found(ANA, REAL, LID, on_whatsapp=True)


async def checked(person: Any, number: str, *phones: str) -> Any:
    return await person.post(f"/api/v1/numbers/{number}/contacts/check", json={"phones": list(phones)})


async def test_each_phone_has_an_answer_in_order(alice: Any, number: str) -> None:
    answer = await checked(alice, number, "+12025550199", "+55 11 98765-4321")
    assert answer.status_code == 200
    nobody, ana = answer.json()["items"]
    assert nobody["onWhatsApp"] is False
    assert {name: value for name, value in ana.items() if name != "checkedAt"} == {
        "phone": ANA,
        "onWhatsApp": True,
        "jid": REAL,
        "lid": LID,
    }


async def test_one_phone_can_be_read(alice: Any, number: str) -> None:
    answer = await alice.get(f"/api/v1/numbers/{number}/contacts/{ANA}")
    assert (answer.status_code, answer.json()["jid"]) == (200, REAL)


async def test_what_is_known_is_not_asked_again_until_it_is_old(alice: Any, number: str, host: Any, clock: Any) -> None:
    for phone in (ANA, "+12025550199") * 2:
        await checked(alice, number, phone)
    assert host.looked_up == [[ANA], ["+12025550199"]]
    clock.forward(25 * 3_600_000)
    await checked(alice, number, ANA, "+12025550199")
    assert host.looked_up[2:] == [["+12025550199"]], "who is not there today may be tomorrow"
    clock.forward(30 * 24 * 3_600_000)
    await checked(alice, number, ANA)
    assert host.looked_up[3:] == [[ANA]]


async def test_a_number_asks_about_so_many_in_an_hour(
    alice: Any, number: str, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MOST_AN_HOUR", 3)
    assert (await checked(alice, number, "+12025550101", "+12025550102", "+12025550103")).status_code == 200
    refused = await checked(alice, number, "+12025550104")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_checks")
    assert refused.headers["retry-after"] == "3600"
    assert (await checked(alice, number, "+12025550101")).status_code == 200, "known already"
    clock.forward(3_600_000)
    assert (await checked(alice, number, "+12025550104")).status_code == 200


async def test_what_was_asked_counts_in_every_process_and_after_a_restart(
    alice: Any, number: str, another_process: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MOST_AN_HOUR", 2)
    assert (await checked(alice, number, "+12025550101", "+12025550102")).status_code == 200
    there = dataclasses.replace(alice, client=another_process)
    assert (await checked(there, number, "+12025550103")).json()["code"] == "too_many_checks"


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        ("not_connected", 409, "number_not_connected"),
        ("stale_epoch", 409, "number_not_connected"),
        ("no_answer", 503, "whatsapp_no_answer"),
        ("engine_failed", 503, "whatsapp_no_answer"),
    ],
)
async def test_a_host_that_cannot_ask_is_told_apart(
    alice: Any, number: str, host: Any, refusal: str, status: int, code: str
) -> None:
    host.refuses_chats = refusal
    answer = await checked(alice, number, ANA)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_number_that_is_away_cannot_ask(alice: Any, doors: Any, make: Any) -> None:
    away = await make.make_number(doors, alice.caller, state="reconnecting")
    answer = await checked(alice, away, ANA)
    assert (answer.status_code, answer.json()["code"]) == (409, "number_not_connected")


@pytest.mark.parametrize("phones", [[], ["x"], ["120363000000000001@g.us"], ["+12025550101"] * 51, [7], "x"])
async def test_what_is_no_list_of_phones_is_refused(alice: Any, number: str, phones: Any) -> None:
    answer = await alice.post(f"/api/v1/numbers/{number}/contacts/check", json={"phones": phones})
    assert answer.status_code == 422


async def test_somebody_elses_number_asks_nobody(charlie: Any, bob: Any, number: str, host: Any) -> None:
    assert (await checked(charlie, number, ANA)).status_code == 404
    assert (await checked(bob, number, ANA)).status_code == 403
    assert host.looked_up == []


async def test_what_one_account_knows_another_does_not(
    alice: Any, charlie: Any, number: str, doors: Any, make: Any
) -> None:
    await checked(alice, number, ANA)
    other = await make.make_number(doors, charlie.caller, phone="+4915133333333", state="reconnecting")
    assert (await checked(charlie, other, ANA)).status_code == 409


async def test_a_checked_number_is_written_to_under_its_real_address(alice: Any, number: str) -> None:
    await checked(alice, number, ANA)
    answer = (await alice.post("/api/v1/messages", json={"to": ANA, "text": "Oi"})).json()
    assert answer["to"] == REAL
    for written in (ANA, REAL, LID, "+551187654321"):
        found = (await alice.get("/api/v1/messages", params={"recipient": written})).json()["items"]
        assert [each["id"] for each in found] == [answer["id"]], written
