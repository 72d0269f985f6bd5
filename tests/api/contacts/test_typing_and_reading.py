"""Typing and read marks through HTTP: what the host is told, and what callers are told when it cannot be done."""

from typing import Any

import pytest

from messageapi.engines.port import Inbound, MarkRead, ShowTyping
from messageapi.messages.following.events import News, apply
from messageapi.vocab.content import Letter, Text

PHONE, PN, LID = "+4915222222222", "4915222222222@s.whatsapp.net", "90000000001@lid"
OTHER = "90000000002@lid"
GROUP = "120363000000000001@g.us"


@pytest.fixture
def hear(alice: Any, doors: Any, number: str) -> Any:
    """Somebody writes; our ids of the messages."""

    async def said(*inbound: Inbound) -> list[str]:
        news = [News(number, alice.account_id, await doors.keyring.sealer(alice.account_id), inbound)]
        return list(await doors.db.writer.run(lambda tx: apply(tx, doors.clock(), 72, news)))

    return said


def said(wa_id: str, chat: str = LID, sender: str = LID) -> Inbound:
    phone = PHONE if sender == LID else ""
    return Inbound(
        wa_id, chat, sender, phone, sender, "Somebody", "text", Letter(content=Text("Hello")), 1_795_348_800_000
    )


async def typed(person: Any, number: str, chat: str, **body: Any) -> Any:
    return await person.post(f"/api/v1/numbers/{number}/chats/{chat}/typing", json=body)


async def read(person: Any, number: str, chat: str, *ids: str) -> Any:
    return await person.post(f"/api/v1/numbers/{number}/chats/{chat}/read", json={"messageIds": list(ids)})


@pytest.mark.parametrize("chat", [PHONE, PN, "00491522222 2222", "4915222222222@c.us"])
async def test_a_person_sees_typing_under_whatever_address(alice: Any, number: str, host: Any, chat: str) -> None:
    assert (await typed(alice, number, chat)).status_code == 204
    assert host.told == [ShowTyping(number, 1, PN, "typing", on=True)]


async def test_a_group_sees_recording_and_its_end(alice: Any, number: str, host: Any) -> None:
    for on in (True, False):
        assert (await typed(alice, number, GROUP, kind="recording", on=on)).status_code == 204
    assert host.told == [ShowTyping(number, 1, GROUP, "recording", on=on) for on in (True, False)]


async def test_messages_are_marked_by_our_ids_or_whatsapps(alice: Any, number: str, host: Any, hear: Any) -> None:
    ours, _ = await hear(said("IN1"), said("IN2"))
    assert (await read(alice, number, PHONE, ours, "IN2", "IN1")).status_code == 204
    assert host.told == [MarkRead(number, 1, LID, LID, ["IN1", "IN2"])]


async def test_in_a_group_each_writer_is_told_of_their_own(alice: Any, number: str, host: Any, hear: Any) -> None:
    await hear(said("IN1", GROUP), said("IN2", GROUP, OTHER), said("IN3", GROUP))
    assert (await read(alice, number, GROUP, "IN1", "IN2", "IN3")).status_code == 204
    assert host.told == [MarkRead(number, 1, GROUP, LID, ["IN1", "IN3"]), MarkRead(number, 1, GROUP, OTHER, ["IN2"])]


async def test_nothing_is_marked_when_one_is_not_of_the_chat(alice: Any, number: str, host: Any, hear: Any) -> None:
    await hear(said("IN1"), said("IN2", OTHER, OTHER), said("IN3", GROUP))
    for stranger in ("IN2", "IN3"):
        answer = await read(alice, number, PHONE, "IN1", stranger)
        assert (answer.status_code, answer.json()["code"]) == (422, "target_elsewhere")
    answer = await read(alice, number, PHONE, "IN1", "IN9")
    assert (answer.status_code, answer.json()["code"]) == (404, "message_not_found")
    assert host.told == []


async def test_our_own_messages_cannot_be_read(alice: Any, number: str, host: Any) -> None:
    sent = (await alice.post("/api/v1/messages", json={"to": PHONE, "text": "Hello"})).json()["id"]
    answer = await read(alice, number, PHONE, sent)
    assert (answer.status_code, answer.json()["code"]) == (409, "message_not_received")
    assert host.told == []


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        ("not_connected", 409, "number_not_connected"),
        ("stale_epoch", 409, "number_not_connected"),
        ("bad_recipient", 422, "recipient_malformed"),
        ("no_answer", 503, "whatsapp_no_answer"),
    ],
)
async def test_what_cannot_be_shown_is_said(
    alice: Any, number: str, host: Any, refusal: str, status: int, code: str
) -> None:
    host.refuses_chats = refusal
    answer = await typed(alice, number, PHONE)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_host_that_is_gone_is_no_connection(alice: Any, number: str, host: Any) -> None:
    await host.stop()
    await host._subscription.stop()
    answer = await typed(alice, number, PHONE)
    assert (answer.status_code, answer.json()["code"]) == (409, "number_not_connected")


@pytest.mark.parametrize("state", ["reconnecting", "stopped", "created", "logged_out"])
async def test_a_number_that_is_away_shows_nothing(alice: Any, doors: Any, make: Any, state: str) -> None:
    away = await make.make_number(doors, alice.caller, state=state)
    for answer in (await typed(alice, away, PHONE), await read(alice, away, PHONE, "IN1")):
        assert answer.status_code in {404, 409}
    assert (await typed(alice, away, PHONE)).json()["code"] == "number_not_connected"


@pytest.mark.parametrize("chat", ["x", "status@broadcast", "120363000000000001@newsletter", "%20"])
async def test_what_is_no_chat_is_refused(alice: Any, number: str, host: Any, chat: str) -> None:
    assert (await typed(alice, number, chat)).status_code == 422
    assert host.told == []


@pytest.mark.parametrize("body", [{"kind": "dancing"}, {"on": "yes"}, {"surprise": 1}])
async def test_what_is_no_typing_is_refused(alice: Any, number: str, host: Any, body: Any) -> None:
    assert (await typed(alice, number, PHONE, **body)).status_code in {400, 422}
    assert host.told == []


@pytest.mark.parametrize("ids", [[], [""], ["x"] * 101, "IN1", None])
async def test_what_is_no_list_of_messages_is_refused(alice: Any, number: str, host: Any, ids: Any) -> None:
    answer = await alice.post(f"/api/v1/numbers/{number}/chats/{PHONE}/read", json={"messageIds": ids})
    assert answer.status_code == 422
    assert host.told == []


async def test_others_neither_type_nor_read(bob: Any, charlie: Any, number: str, host: Any, hear: Any) -> None:
    (ours,) = await hear(said("IN1"))
    assert [(await typed(each, number, PHONE)).status_code for each in (bob, charlie)] == [403, 404]
    assert [(await read(each, number, PHONE, ours)).status_code for each in (bob, charlie)] == [403, 404]
    assert host.told == []
