"""A number's pace through HTTP: careful by itself on WhatsApp, off in the sandbox, and its owner's to change."""

from typing import Any

import pytest

from messageapi.engines.port import Linked
from messageapi.pacing.limits import DAY_MS


async def made(alice: Any, network: str) -> Any:
    answer = await alice.post("/api/v1/numbers", json={"name": network, "network": network})
    assert answer.status_code == 201
    return answer.json()


async def edited(alice: Any, number_id: str, **changes: Any) -> Any:
    answer = await alice.patch(f"/api/v1/numbers/{number_id}", json=changes)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_number_on_whatsapp_keeps_a_pace_by_itself(alice: Any) -> None:
    pacing = (await made(alice, "whatsapp"))["pacing"]
    assert pacing["on"] is True
    assert pacing["gapMs"] > 0
    assert pacing["jitterMs"] > 0
    assert pacing["perDay"] == {"limit": 20, "used": 0, "left": 20, "resetsAt": None}
    assert pacing["warming"]["day"] == 0
    assert pacing["nextAt"] is None


async def test_a_number_in_the_sandbox_keeps_none_until_it_is_told(alice: Any) -> None:
    number = await made(alice, "sandbox")
    assert number["pacing"]["on"] is False
    assert (await edited(alice, number["id"], pacing={"on": True}))["pacing"]["on"] is True


async def test_what_is_left_out_stays_as_it_is(alice: Any) -> None:
    number = await made(alice, "sandbox")
    before = number["pacing"]
    first = await edited(alice, number["id"], pacing={"perMinute": 3})
    second = await edited(alice, number["id"], pacing={"gapMs": 0, "warmUp": False}, typing=True)
    assert first["pacing"]["perMinute"]["limit"] == second["pacing"]["perMinute"]["limit"] == 3
    assert second["pacing"]["gapMs"] == 0
    assert second["pacing"]["warming"] is None
    assert second["pacing"]["perHour"] == before["perHour"]
    assert [number["typing"], first["typing"], second["typing"]] == [False, False, True]
    assert (await alice.get(f"/api/v1/numbers/{number['id']}")).json() == second
    assert (await alice.get("/api/v1/numbers")).json()["items"] == [second]


async def test_a_budget_of_nothing_has_no_limit(alice: Any) -> None:
    number = await made(alice, "whatsapp")
    shown = (await edited(alice, number["id"], pacing={"perMinute": 0}))["pacing"]["perMinute"]
    assert (shown["limit"], shown["left"]) == (None, None)


@pytest.mark.parametrize(
    "pacing",
    [{"gapMs": -1}, {"gapMs": 3_600_001}, {"perDay": 1_000_001}, {"perDay": 1.5}, {"on": "yes"}, {"pace": 1}, []],
)
async def test_what_is_no_pace_is_refused(alice: Any, pacing: Any) -> None:
    number = await made(alice, "sandbox")
    answer = await alice.patch(f"/api/v1/numbers/{number['id']}", json={"pacing": pacing})
    assert answer.status_code in {400, 422}
    assert (await alice.get(f"/api/v1/numbers/{number['id']}")).json() == number


async def test_somebody_elses_number_cannot_be_slowed_down(alice: Any, charlie: Any) -> None:
    number = await made(alice, "sandbox")
    answer = await charlie.patch(f"/api/v1/numbers/{number['id']}", json={"pacing": {"on": True}})
    assert answer.status_code == 404


async def test_a_reader_may_not_change_it(alice: Any, bob: Any) -> None:
    number = await made(alice, "sandbox")
    answer = await bob.patch(f"/api/v1/numbers/{number['id']}", json={"pacing": {"on": True}})
    assert answer.status_code == 403


async def test_a_number_is_as_warm_as_its_phone(
    alice: Any, linking: str, machine: Any, pairings: Any, clock: Any
) -> None:
    async def day() -> int:
        warming = (await alice.get(f"/api/v1/numbers/{linking}")).json()["pacing"]["warming"]
        return int(warming["day"])

    clock.forward(3 * DAY_MS)
    await machine.says(Linked("4915100000001:1@s.whatsapp.net", "1@lid"))
    await pairings.settle()
    assert await day() == 0, "days count from the link, not from when the number was made"
    clock.forward(8 * DAY_MS)
    for phone, expected in (("4915100000001", 8), ("4915100000002", 0)):
        assert (await alice.post(f"/api/v1/numbers/{linking}/unlink")).status_code == 200
        assert (await alice.post(f"/api/v1/numbers/{linking}/link", json={})).status_code == 202
        await machine.says(Linked(f"{phone}:2@s.whatsapp.net", "1@lid"))
        await pairings.settle()
        assert await day() == expected
