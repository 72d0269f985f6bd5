"""PATCH edits and DELETE revokes what was sent, each as a message of its own."""

from typing import Any

import pytest

from messageapi.vocab.content import Edit, Revoke, Target

PATH = "/api/v1/messages"
MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture
async def sent(alice: Any, doors: Any, make: Any, number: Any, rewrite: Any, clock: Any) -> Any:
    message_id = await make.make_message(doors, alice.caller, to="+12025550123")
    await rewrite(message_id, status="sent", wa_id="3EB0AB", sent_at=clock())
    return message_id


async def test_an_edit_goes_to_the_same_chat_from_the_same_number(
    alice: Any, doors: Any, make: Any, letter: Any, number: Any, sent: Any
) -> None:
    await make.make_number(doors, alice.caller, name="Other", phone="+4915133333333")
    answer = await alice.patch(f"{PATH}/{sent}", json={"text": "Better"})
    assert answer.status_code == 202, answer.text
    accepted = answer.json()
    assert (accepted["number"], accepted["to"]) == (number, "12025550123@s.whatsapp.net")
    assert (await letter(accepted["id"])).content == Edit(target=Target("3EB0AB"), text="Better")
    shown = (await alice.get(f"{PATH}/{accepted['id']}")).json()
    assert (shown["type"], shown["target"], shown["status"]) == ("edit", sent, "accepted")


async def test_an_edited_caption_says_of_what(alice: Any, letter: Any, sent: Any, rewrite: Any) -> None:
    await rewrite(sent, type="image")
    accepted = (await alice.patch(f"{PATH}/{sent}", json={"text": "Better"})).json()
    assert (await letter(accepted["id"])).content == Edit(target=Target("3EB0AB"), text="Better", of="image")


async def test_a_message_is_taken_back(alice: Any, letter: Any, sent: Any) -> None:
    answer = await alice.delete(f"{PATH}/{sent}")
    assert answer.status_code == 202
    assert (await letter(answer.json()["id"])).content == Revoke(target=Target("3EB0AB"))
    assert (await alice.get(f"{PATH}/{answer.json()['id']}")).json()["type"] == "revoke"


async def test_an_admin_takes_back_what_others_wrote_in_a_group(
    alice: Any, letter: Any, sent: Any, rewrite: Any
) -> None:
    other = {"direction": "inbound", "status": "received", "sender": "777@lid"}
    await rewrite(sent, **other, chat="123-456@g.us", peer_phone=None)
    answer = await alice.delete(f"{PATH}/{sent}")
    assert (await letter(answer.json()["id"])).content == Revoke(target=Target("3EB0AB", "777@lid"))
    assert answer.json()["to"] == "123-456@g.us"


async def test_whatsapps_own_id_names_the_message_as_well(alice: Any, sent: Any) -> None:
    assert (await alice.patch(f"{PATH}/3EB0AB", json={"text": "Better"})).status_code == 202


@pytest.mark.parametrize(
    ("change", "method", "code"),
    [
        ({"status": "accepted"}, "PATCH", "target_not_sent"),
        ({"status": "scheduled"}, "DELETE", "target_not_sent"),
        ({"status": "failed"}, "PATCH", "target_not_sent"),
        ({"status": "unconfirmed", "wa_id": None}, "DELETE", "target_not_sent"),
        ({"type": "poll"}, "PATCH", "message_not_editable"),
        ({"type": "edit"}, "PATCH", "message_not_editable"),
        ({"type": "reaction"}, "DELETE", "message_not_revocable"),
        ({"type": "revoke"}, "DELETE", "message_not_revocable"),
        ({"direction": "inbound", "status": "received"}, "PATCH", "message_not_ours"),
        ({"direction": "inbound", "status": "received"}, "DELETE", "message_not_ours"),
    ],
)
async def test_what_cannot_be_changed_says_why(
    alice: Any, sent: Any, rewrite: Any, change: Any, method: Any, code: Any
) -> None:
    await rewrite(sent, **change)
    body = {"json": {"text": "x"}} if method == "PATCH" else {}
    answer = await alice.call(method, f"{PATH}/{sent}", **body)
    assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_whatsapps_time_limits_are_told(alice: Any, sent: Any, clock: Any) -> None:
    clock.forward(15 * MINUTE)
    assert (await alice.patch(f"{PATH}/{sent}", json={"text": "x"})).status_code == 202
    clock.forward(1)
    late = await alice.patch(f"{PATH}/{sent}", json={"text": "x"})
    assert (late.status_code, late.json()["code"]) == (409, "edit_too_late")
    clock.forward(59 * HOUR)
    assert (await alice.delete(f"{PATH}/{sent}")).status_code == 202
    clock.forward(HOUR)
    late = await alice.delete(f"{PATH}/{sent}")
    assert (late.status_code, late.json()["code"]) == (409, "revoke_too_late")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": ""}, "text_missing"),
        ({"text": "x" * 65_537}, "text_too_long"),
        ({}, "field_missing"),
        ({"text": 1}, "field_invalid"),
    ],
)
async def test_an_edit_needs_words(alice: Any, sent: Any, body: Any, code: Any) -> None:
    answer = await alice.patch(f"{PATH}/{sent}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_charlie_changes_nothing_of_alices(charlie: Any, bob: Any, doors: Any, make: Any, sent: Any) -> None:
    await make.make_number(doors, charlie.caller, phone="+4915144444444")
    for name in (sent, "3EB0AB", "nothing"):
        assert (await charlie.patch(f"{PATH}/{name}", json={"text": "x"})).status_code == 404
        assert (await charlie.delete(f"{PATH}/{name}")).status_code == 404
    assert (await bob.delete(f"{PATH}/{sent}")).status_code == 403
