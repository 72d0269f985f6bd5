"""Groups over HTTP: made, listed, read, changed, joined and left, asked of the host that holds the number."""

from typing import Any

import msgspec
import pytest

from messageapi.engines.port import EngineError

ANNA, BEN = "+4915123456789", "+4915123456780"


@pytest.fixture
def groups(number: str) -> str:
    return f"/api/v1/numbers/{number}/groups"


@pytest.fixture
async def group(alice: Any, groups: str) -> str:
    """With Anna in it; its address."""
    answer = await alice.post(groups, json={"subject": "Regulars", "members": [ANNA]})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_group_is_made_with_its_members(alice: Any, groups: str) -> None:
    made = {"subject": "Regulars", "members": ["+49 151 23456789", ANNA, BEN], "description": "Open at eight"}
    shown = (await alice.post(groups, json=made)).json()

    assert (shown["subject"], shown["description"], shown["role"], shown["size"]) == (
        "Regulars",
        "Open at eight",
        "owner",
        3,
    )
    assert [(each["phone"], each["role"], each["problem"]) for each in shown["members"]] == [
        ("+12025550100", "owner", None),
        (ANNA, "member", None),
        (BEN, "member", None),
    ]
    assert (await alice.get(f"{groups}/{shown['id']}")).json() == shown


async def test_groups_are_listed_in_pages_without_their_members(alice: Any, groups: str) -> None:
    ids = [(await alice.post(groups, json={"subject": f"Group {n}"})).json()["id"] for n in range(3)]

    first = (await alice.get(groups, params={"limit": 2})).json()
    second = (await alice.get(groups, params={"limit": 2, "cursor": first["nextCursor"]})).json()

    assert [each["id"] for each in first["items"] + second["items"]] == ids
    assert second["nextCursor"] is None
    assert "members" not in first["items"][0]


async def test_groups_with_long_descriptions_come_in_shorter_pages(alice: Any, groups: str, host: Any) -> None:
    """All of them together are larger than what the bus carries."""
    first = (await alice.post(groups, json={"subject": "Regulars"})).json()["id"]
    sample = msgspec.structs.replace(host.board.named[first], description="\N{EARTH GLOBE EUROPE-AFRICA}" * 2048)
    ids = [f"1203630000001{n:05}@g.us" for n in range(200)]
    host.board.named = {name: msgspec.structs.replace(sample, id=name) for name in ids}

    pages = [(await alice.get(groups, params={"limit": 200})).json()]
    while pages[-1]["nextCursor"]:
        pages.append((await alice.get(groups, params={"limit": 200, "cursor": pages[-1]["nextCursor"]})).json())

    assert [each["id"] for page in pages for each in page["items"]] == ids
    assert len(pages) == 3


async def test_name_and_settings_are_changed_and_the_rest_stays(alice: Any, groups: str, group: str) -> None:
    shown = (await alice.patch(f"{groups}/{group}", json={"subject": "Kiosk", "onlyAdminsSend": True})).json()

    assert (shown["subject"], shown["description"]) == ("Kiosk", "")
    assert (shown["onlyAdminsSend"], shown["onlyAdminsEdit"]) == (True, False)


async def test_members_come_and_go_and_each_has_a_result(alice: Any, groups: str, group: str) -> None:
    async def change(verb: str, *people: str) -> list[Any]:
        answer = await alice.post(f"{groups}/{group}/members", json={"change": verb, "members": list(people)})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    assert [each["problem"] for each in await change("add", ANNA, BEN)] == ["already_in_group", None]
    assert [each["role"] for each in await change("promote", BEN)] == ["admin"]
    assert [each["problem"] for each in await change("remove", BEN, BEN)] == [None]
    assert [each["problem"] for each in await change("remove", BEN)] == ["not_in_group"]


async def test_a_group_is_joined_by_a_link_or_its_end(alice: Any, groups: str, group: str) -> None:
    link = (await alice.get(f"{groups}/{group}/invite")).json()["link"]
    for invite in (link, f"{link}/", link.rpartition("/")[2], f"{link}?mode=wwt"):
        joined = await alice.post(f"{groups}/join", json={"invite": invite})
        assert (joined.status_code, joined.json()["id"]) == (200, group)
    fresh = (await alice.post(f"{groups}/{group}/invite/renew")).json()["link"]
    assert fresh != link
    assert (await alice.post(f"{groups}/join", json={"invite": link})).json()["code"] == "invite_invalid"
    assert (await alice.post(f"{groups}/join", json={"invite": "https://example.com/?"})).json()["code"] == (
        "invite_invalid"
    )


async def test_a_group_is_left(alice: Any, groups: str, group: str) -> None:
    assert (await alice.post(f"{groups}/{group}/leave")).status_code == 204
    assert (await alice.get(groups)).json()["items"] == []


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("group_not_found", 404),
        ("not_in_group", 409),
        ("group_not_permitted", 403),
        ("group_not_acceptable", 422),
        ("invite_gone", 410),
        ("whatsapp_rate_limited", 429),
        ("no_answer", 503),
        ("not_connected", 409),
    ],
)
async def test_what_whatsapp_refuses_has_a_code_of_its_own(
    alice: Any, groups: str, host: Any, code: str, status: int
) -> None:
    host.board.refuses = EngineError(code, "as told", permanent=True)

    answer = await alice.get(f"{groups}/120363041234567890")

    expected = {"no_answer": "whatsapp_no_answer", "not_connected": "number_not_connected"}.get(code, code)
    assert (answer.status_code, answer.json()["code"]) == (status, expected)
    assert ("Retry-After" in answer.headers) is (status in (429, 503))


@pytest.mark.parametrize("name", ["nonsense", "4915123456789@s.whatsapp.net", "1@g.us@g.us", "१२३४५@g.us"])
async def test_what_is_no_group_is_refused_before_anybody_is_asked(alice: Any, groups: str, name: str) -> None:
    answer = await alice.get(f"{groups}/{name}")
    assert (answer.status_code, answer.json()["code"]) == (422, "group_malformed")


async def test_only_people_can_be_members(alice: Any, groups: str) -> None:
    answer = await alice.post(groups, json={"subject": "Regulars", "members": ["120363041234567890@g.us"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "recipient_malformed")


async def test_a_number_that_is_away_cannot_be_asked(alice: Any, groups: str, host: Any) -> None:
    await host.stop()
    answer = await alice.get(groups)
    assert (answer.status_code, answer.json()["code"]) == (409, "number_not_connected")


async def test_the_groups_of_others_are_not_there(charlie: Any, groups: str, group: str) -> None:
    for path in (groups, f"{groups}/{group}", f"{groups}/{group}/invite"):
        answer = await charlie.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "number_not_found")


async def test_a_reader_sees_groups_and_changes_none(bob: Any, groups: str, group: str) -> None:
    assert (await bob.get(f"{groups}/{group}")).status_code == 200
    assert (await bob.get(f"{groups}/{group}/invite")).status_code == 403
    assert (await bob.post(f"{groups}/{group}/leave")).status_code == 403
