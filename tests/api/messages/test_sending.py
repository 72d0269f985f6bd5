"""POST /api/v1/messages: durable before the answer, and every bad input refused with its reason."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from messageapi.messages.accepting.send import send
from messageapi.messages.content.requests import TextMessage
from messageapi.store.tables import accounts

PATH = "/api/v1/messages"
HELLO = {"to": "+1 202 555 0123", "text": "Hello"}


async def refusal(person: Any, body: Any, **given: Any) -> Any:
    answer = await person.post(PATH, json=body, **given)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["detail"].endswith((".", "?")), problem
    return answer.status_code, problem["code"]


async def test_a_message_is_accepted_with_its_id_and_readable_at_once(alice: Any, number: Any) -> None:
    answer = await alice.post(PATH, json=HELLO)
    assert answer.status_code == 202
    accepted = answer.json()
    assert (accepted["status"], accepted["number"]) == ("accepted", number)
    assert accepted["to"] == "12025550123@s.whatsapp.net"
    message = (await alice.get(f"{PATH}/{accepted['id']}")).json()
    assert (message["status"], message["phone"], message["direction"]) == ("accepted", "+12025550123", "outbound")
    assert "text" not in message or message["text"] is None


async def test_metadata_is_kept_and_shown(alice: Any, number: Any) -> None:
    accepted = (await alice.post(PATH, json={**HELLO, "metadata": {"order": 17, "vip": True}})).json()
    assert (await alice.get(f"{PATH}/{accepted['id']}")).json()["metadata"] == {"order": 17, "vip": True}


@pytest.mark.parametrize("wanted", ["id", "+4915111111111", "0049 151 11111111", "4915111111111"])
async def test_the_sender_is_chosen_by_id_or_phone(alice: Any, doors: Any, make: Any, number: Any, wanted: Any) -> None:
    other = await make.make_number(doors, alice.caller, name="Other", phone="+4915133333333")
    assert (await alice.post(PATH, json={**HELLO, "from": other})).json()["number"] == other
    answer = await alice.post(PATH, json={**HELLO, "from": number if wanted == "id" else wanted})
    assert answer.json()["number"] == number


async def test_without_a_sender_the_default_number_sends(alice: Any, doors: Any, make: Any, number: Any) -> None:
    await make.make_number(doors, alice.caller, name="Other", phone="+4915133333333")
    assert (await alice.post(PATH, json=HELLO)).json()["number"] == number


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": ""}, "text_missing"),
        ({"text": " \n\t"}, "text_missing"),
        ({"text": "x" * 65_537}, "text_too_long"),
        ({"text": "\N{PILE OF POO}" * 65_537}, "text_too_long"),
        ({"to": ""}, "recipient_missing"),
        ({"to": "Dana"}, "recipient_malformed"),
        ({"to": "0151 2345678"}, "recipient_malformed"),
        ({"to": "1" * 500}, "recipient_malformed"),
        ({"type": "hologram"}, "field_invalid"),
        ({"metadata": {"long": "x" * 5_000}}, "metadata_too_large"),
        ({"metadata": {"deep": {"er": 1}}}, "field_invalid"),
        ({"to": 12025550123}, "field_invalid"),
        ({"text": None}, "field_invalid"),
    ],
)
async def test_bad_input_is_refused_with_its_reason(alice: Any, number: Any, change: Any, code: Any) -> None:
    assert await refusal(alice, {**HELLO, **change}) == (422, code)


async def test_seventy_thousand_characters_are_refused(alice: Any, number: Any) -> None:
    assert await refusal(alice, {**HELLO, "text": "x" * 70_000}) == (422, "text_too_long")


async def test_the_longest_text_is_taken(alice: Any, number: Any) -> None:
    assert (await alice.post(PATH, json={**HELLO, "text": "\N{PILE OF POO}" * 65_536})).status_code == 202


async def test_nothing_is_stored_of_what_was_refused(alice: Any, number: Any) -> None:
    await refusal(alice, {**HELLO, "to": "Dana"})
    assert (await alice.get(PATH)).json()["items"] == []


@pytest.mark.parametrize("field", ["sendAt", "image", "surprise"])
async def test_fields_nobody_knows_are_refused(alice: Any, number: Any, field: Any) -> None:
    assert (await refusal(alice, {**HELLO, field: "x"}))[0] in (400, 422)


async def test_half_a_surrogate_pair_is_refused(alice: Any, number: Any) -> None:
    answer = await alice.post(
        PATH, content=b'{"to": "+12025550123", "text": "\\ud83d"}', headers={"content-type": "application/json"}
    )
    assert answer.status_code in (400, 422)


async def test_an_account_without_a_number_is_told_to_make_one(alice: Any) -> None:
    assert await refusal(alice, HELLO) == (409, "no_number")


@pytest.mark.parametrize("state", ["created", "linking", "logged_out"])
async def test_a_number_that_cannot_send_says_why(alice: Any, doors: Any, make: Any, state: Any) -> None:
    await make.make_number(doors, alice.caller, phone=None, state=state)
    assert await refusal(alice, HELLO) == (409, "number_not_linked")


@pytest.mark.parametrize(
    "state", ["connecting", "reconnecting", "degraded", "limited", "stopped", "replaced", "banned"]
)
async def test_a_number_that_is_away_for_a_while_takes_messages(alice: Any, doors: Any, make: Any, state: Any) -> None:
    await make.make_number(doors, alice.caller, state=state)
    assert (await alice.post(PATH, json=HELLO)).status_code == 202


@pytest.mark.parametrize("wanted", ["num_nobody", "+4915199999999", "shop", ""])
async def test_a_sender_that_is_not_there_is_not_found(alice: Any, number: Any, wanted: Any) -> None:
    assert await refusal(alice, {**HELLO, "from": wanted}) == (404, "number_unknown")


async def test_the_number_of_another_account_is_not_found(
    alice: Any, charlie: Any, doors: Any, make: Any, number: Any
) -> None:
    await make.make_number(doors, charlie.caller, phone="+4915144444444")
    assert await refusal(charlie, {**HELLO, "from": number}) == (404, "number_unknown")
    assert await refusal(charlie, {**HELLO, "from": "+4915111111111"}) == (404, "number_unknown")


async def test_accounts_that_share_a_transaction_share_no_number(
    alice: Any, charlie: Any, doors: Any, make: Any, number: Any
) -> None:
    await make.make_number(doors, charlie.caller, phone="+4915144444444")
    wanted = TextMessage(to="+12025550123", text="Hello", from_=number)
    answers = await asyncio.gather(
        *(send(doors, person.caller, wanted) for person in (alice, charlie) * 10), return_exceptions=True
    )
    assert [getattr(answer, "code", "accepted") for answer in answers] == ["accepted", "number_unknown"] * 10


async def test_a_key_that_may_only_read_sends_nothing(bob: Any, number: Any) -> None:
    assert await refusal(bob, HELLO) == (403, "scope_missing")


async def test_a_national_number_is_completed_by_the_accounts_country(alice: Any, doors: Any, number: Any) -> None:
    async def work(tx: Any) -> None:
        await tx.execute(update(accounts).values(default_country="DE"))

    await doors.db.writer.run(work)
    answer = await alice.post(PATH, json={**HELLO, "to": "0151 12345678"})
    assert answer.json()["to"] == "4915112345678@s.whatsapp.net"


async def test_a_thousand_messages_at_once_are_all_accepted(alice: Any, number: Any, doors: Any) -> None:
    sent = await asyncio.gather(
        *(send(doors, alice.caller, TextMessage(to="+12025550123", text=f"{place}")) for place in range(1_000))
    )
    assert len({accepted.id for accepted in sent}) == 1_000
