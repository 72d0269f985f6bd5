"""Watching who is there, over HTTP; and turning calls away."""

from typing import Any

import pytest

from messageapi.chats.presence import begin
from messageapi.engines.port import RejectCall, SetOnline, WatchPresence

ANNA = "+4915123456789"
ANNAS = "4915123456789@s.whatsapp.net"


@pytest.fixture
def presence(number: str) -> str:
    return f"/api/v1/numbers/{number}/presence"


async def test_somebody_is_watched_until_nobody_wants_it_any_more(
    alice: Any, presence: str, number: str, host: Any
) -> None:
    nothing = {"phone": ANNA, "lid": None, "state": None, "chat": None, "at": None, "lastSeen": None}
    for name in (ANNA, "+49 151 23456789", ANNAS):
        answer = await alice.put(f"{presence}/{name}")
        assert (answer.status_code, answer.json()) == (200, nothing)
    assert (await alice.get(presence)).json() == {"items": [nothing]}
    assert (await alice.get(f"{presence}/{ANNA}")).json() == nothing
    assert host.told[0] == WatchPresence(number, 1, ANNAS)

    assert (await alice.delete(f"{presence}/{ANNA}")).status_code == 204

    assert host.told[-1] == WatchPresence(number, 1, ANNAS, on=False)
    assert (await alice.get(presence)).json() == {"items": []}
    for method in ("GET", "DELETE"):
        answer = await alice.call(method, f"{presence}/{ANNA}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_watched")


async def test_while_the_number_is_away_it_is_kept_for_later(alice: Any, presence: str, host: Any) -> None:
    await host.stop()
    assert (await alice.put(f"{presence}/{ANNA}")).status_code == 200
    assert len((await alice.get(presence)).json()["items"]) == 1


async def test_who_is_not_on_whatsapp_is_not_watched(alice: Any, presence: str, host: Any) -> None:
    host.refuses_chats = "not_on_whatsapp"
    answer = await alice.put(f"{presence}/{ANNA}")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_on_whatsapp")
    assert (await alice.get(presence)).json() == {"items": []}


async def test_a_number_watches_so_many_and_no_more(alice: Any, presence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begin, "MOST", 2)
    answers = [await alice.put(f"{presence}/+491512345678{n}") for n in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 422]
    assert answers[2].json()["code"] == "too_many_watched"
    assert (await alice.put(f"{presence}/+4915123456780")).status_code == 200


async def test_a_call_is_turned_away_under_the_address_it_came_from(alice: Any, number: str, host: Any) -> None:
    for sender, named in (("90000000001@lid", "90000000001@lid"), (ANNA, ANNAS)):
        answer = await alice.post(f"/api/v1/numbers/{number}/calls/CALL/reject", json={"sender": sender})
        assert answer.status_code == 204
        assert host.told[-1] == RejectCall(number, 1, named, "CALL")


async def test_a_number_is_seen_online_from_the_moment_it_is_set(alice: Any, number: str, host: Any) -> None:
    for on in (True, False):
        shown = await alice.patch(f"/api/v1/numbers/{number}", json={"online": on})
        assert shown.json()["online"] is on
        assert host.told[-1] == SetOnline(number, 1, on)


async def test_whom_others_watch_is_nobodys_business(charlie: Any, bob: Any, presence: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = await charlie.call(method, f"{presence}/{ANNA}")
        assert (answer.status_code, answer.json()["code"]) == (404, "number_not_found")
    assert (await bob.get(presence)).status_code == 200
    assert (await bob.put(f"{presence}/{ANNA}")).status_code == 403
