"""sendAt, expiresAt and timeZone: a moment is what people meant, or it is refused."""

from typing import Any

import pytest

PATH = "/api/v1/messages"
HELLO = {"to": "+12025550123", "text": "Hello"}
# the clock of the tests stands at 2026-11-22T12:00:00Z

pytestmark = pytest.mark.usefixtures("number")


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        ({"sendAt": "2026-11-22T15:00:00+01:00"}, "2026-11-22T14:00:00.000Z"),
        ({"sendAt": "2026-11-22T13:00:00Z"}, "2026-11-22T13:00:00.000Z"),
        ({"sendAt": "2026-12-01T09:00:00", "timeZone": "Europe/Berlin"}, "2026-12-01T08:00:00.000Z"),
        ({"sendAt": "2027-07-01T09:00:00", "timeZone": "Europe/Berlin"}, "2027-07-01T07:00:00.000Z"),
        ({"sendAt": "2026-12-01T09:00:00", "timeZone": "Asia/Kathmandu"}, "2026-12-01T03:15:00.000Z"),
        ({"sendAt": "2026-12-01T09:00:00Z", "timeZone": "Europe/Berlin"}, "2026-12-01T09:00:00.000Z"),
        # an hour that comes twice: the first of the two
        ({"sendAt": "2027-10-31T02:30:00", "timeZone": "Europe/Berlin"}, "2027-10-31T00:30:00.000Z"),
    ],
)
async def test_a_message_is_scheduled_for_the_moment_that_was_meant(alice: Any, wish: Any, shown: Any) -> None:
    answer = await alice.post(PATH, json={**HELLO, **wish})
    assert (answer.status_code, answer.json()["status"]) == (202, "scheduled"), answer.text
    message = (await alice.get(f"{PATH}/{answer.json()['id']}")).json()
    assert (message["status"], message["sendAt"]) == ("scheduled", shown)


async def test_a_moment_that_has_just_passed_means_now(alice: Any) -> None:
    answer = await alice.post(PATH, json={**HELLO, "sendAt": "2026-11-22T11:58:00Z"})
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")


async def test_an_end_is_kept_and_shown(alice: Any) -> None:
    wish = {**HELLO, "expiresAt": "2026-11-22T12:05:00Z", "priority": "high"}
    message_id = (await alice.post(PATH, json=wish)).json()["id"]
    message = (await alice.get(f"{PATH}/{message_id}")).json()
    assert (message["expiresAt"], message["priority"]) == ("2026-11-22T12:05:00.000Z", "high")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"sendAt": "2026-12-01T09:00:00"}, "time_invalid"),
        ({"sendAt": "2026-11-22T11:00:00Z"}, "time_invalid"),
        ({"sendAt": "2020-01-01T00:00:00Z"}, "time_invalid"),
        ({"sendAt": "2027-12-01T09:00:00Z"}, "time_invalid"),
        ({"sendAt": "0001-01-01T00:00:00+14:00"}, "time_invalid"),
        ({"sendAt": "9999-12-31T23:59:59-12:00"}, "time_invalid"),
        ({"sendAt": "2027-03-28T02:30:00", "timeZone": "Europe/Berlin"}, "time_invalid"),
        ({"sendAt": "2026-12-01T09:00:00", "timeZone": "Mars/Olympus"}, "time_invalid"),
        ({"sendAt": "2026-12-01T09:00:00", "timeZone": "../../etc/passwd"}, "time_invalid"),
        ({"sendAt": "2026-12-01T09:00:00", "timeZone": "Europe"}, "time_invalid"),
        ({"sendAt": "2026-12-01T09:00:00", "timeZone": "\x00"}, "time_invalid"),
        ({"timeZone": "Nowhere"}, "time_invalid"),
        ({"timeZone": ""}, "field_invalid"),
        ({"timeZone": "x" * 65}, "field_invalid"),
        ({"sendAt": "tomorrow"}, "field_invalid"),
        ({"sendAt": 1_795_348_800}, "field_invalid"),
        ({"sendAt": "2026-02-30T09:00:00Z"}, "field_invalid"),
        ({"expiresAt": "2026-11-22T12:00:00Z"}, "time_invalid"),
        ({"expiresAt": "2026-11-22T13:00:00"}, "time_invalid"),
        ({"expiresAt": "2028-01-01T00:00:00Z"}, "time_invalid"),
        ({"sendAt": "2026-11-22T14:00:00Z", "expiresAt": "2026-11-22T14:00:00Z"}, "time_invalid"),
    ],
)
async def test_a_time_that_cannot_be_meant_is_refused(alice: Any, wish: Any, code: Any) -> None:
    answer = await alice.post(PATH, json={**HELLO, **wish})
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert answer.json()["detail"].split("`")[1] in wish


async def test_a_scheduled_message_can_be_canceled(alice: Any) -> None:
    message_id = (await alice.post(PATH, json={**HELLO, "sendAt": "2026-11-23T00:00:00Z"})).json()["id"]
    answer = await alice.post(f"{PATH}/{message_id}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "canceled")


async def test_scheduled_messages_are_found_by_their_status(alice: Any) -> None:
    message_id = (await alice.post(PATH, json={**HELLO, "sendAt": "2026-11-23T00:00:00Z"})).json()["id"]
    await alice.post(PATH, json=HELLO)
    listed = (await alice.get(PATH, params={"status": "scheduled"})).json()["items"]
    assert [each["id"] for each in listed] == [message_id]
