"""What a number does by itself: seem online, mark as read, turn calls away, fetch files."""

from typing import Any

ALONE = {"online": False, "autoRead": False, "rejectCalls": False, "autoDownload": "off", "ownMessages": False}


async def test_a_new_number_does_nothing_by_itself(alice: Any) -> None:
    number = (await alice.post("/api/v1/numbers", json={"name": "Shop"})).json()

    assert {name: number[name] for name in ALONE} == ALONE


async def test_each_is_switched_for_itself_and_the_others_stay(alice: Any) -> None:
    number = (await alice.post("/api/v1/numbers", json={"name": "Shop"})).json()
    where = f"/api/v1/numbers/{number['id']}"
    wishes: dict[str, object] = {"online": True, "autoRead": True, "rejectCalls": True, "autoDownload": "small"}
    wishes["ownMessages"] = True

    expected: dict[str, object] = dict(ALONE)
    for name, value in wishes.items():
        expected[name] = value
        await alice.patch(where, json={name: value})
        shown = (await alice.get(where)).json()
        assert {each: shown[each] for each in ALONE} == expected


async def test_a_way_of_fetching_that_does_not_exist_is_refused(alice: Any) -> None:
    number = (await alice.post("/api/v1/numbers", json={"name": "Shop"})).json()

    answer = await alice.patch(f"/api/v1/numbers/{number['id']}", json={"autoDownload": "most"})

    assert answer.status_code == 422
