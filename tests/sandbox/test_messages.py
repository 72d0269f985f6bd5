"""Messages between a real client and phones: texts, receipts, copies, groups, media, and what is refused."""

import asyncio
import base64
import os
from collections.abc import Callable
from typing import Any

import pytest

from messageapi.sandbox.client import SandboxControl

DELIVERED, READ = 1, 4


async def test_a_text_arrives_decrypted_and_both_receipts_come_back(
    client: Any, anna: str, ben: str, arrives_at: Any
) -> None:
    message_id = await client.do("send", to=ben, text="Grüße, 你好 👋")
    message = await arrives_at(ben, "Grüße, 你好 👋")
    assert (message.id, message.from_, message.chat, message.own) == (message_id, anna, anna, False)
    assert message.type == "text"
    for kind in (DELIVERED, READ):
        assert message_id in (await client.event("receipt", type=kind))["ids"]


async def test_the_own_phone_gets_a_copy(client: Any, anna: str, ben: str, arrives_at: Any) -> None:
    await client.do("send", to=ben, text="seen by my phone too")
    copy = await arrives_at(anna, "seen by my phone too")
    assert (copy.own, copy.chat, copy.from_device) == (True, ben, 1)


async def test_a_phone_writes_to_a_client(
    client: Any, control: SandboxControl, anna: str, ben: str, nothing_kept: Any
) -> None:
    message_id = await control.send(ben, anna, "from the phone")
    event = await client.event("message", text="from the phone")
    assert event["id"] == message_id
    await nothing_kept(anna)


async def test_a_chosen_message_id_is_kept(client: Any, control: SandboxControl, anna: str, ben: str) -> None:
    assert await control.send(ben, anna, "with an id", "MY-ID-1") == "MY-ID-1"
    assert (await client.event("message", text="with an id"))["id"] == "MY-ID-1"


async def test_an_answer_turns_the_ratchet_many_times(
    client: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any
) -> None:
    for turn in range(5):
        await client.do("send", to=ben, text=f"ping {turn}")
        await arrives_at(ben, f"ping {turn}")
        await control.send(ben, anna, f"pong {turn}")
        await client.event("message", text=f"pong {turn}")


async def test_many_texts_arrive_in_order(client: Any, control: SandboxControl, anna: str, ben: str) -> None:
    for number in range(30):
        await control.send(ben, anna, f"number {number}")
    texts = [(await client.event("message", text=f"number {number}"))["text"] for number in range(30)]
    assert texts == [f"number {number}" for number in range(30)]
    told = await asyncio.gather(*(client.do("send", to=ben, text=f"answer {number}") for number in range(30)))
    assert len(set(told)) == 30


async def test_two_clients_of_different_numbers_write_to_each_other(
    client: Any, make_client: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    other = await make_client()
    await other.link(control, ben)
    message_id = await client.do("send", to=ben, text="companion to companion")
    assert (await other.event("message", text="companion to companion"))["id"] == message_id
    senders = {(await client.event("receipt", type=DELIVERED))["sender"] for _ in range(2)}
    assert len(senders) == 2, "phone and linked device both acknowledge"
    await other.do("mark_read", id=message_id)
    await other.do("send", to=anna, text="and back")
    await client.event("message", text="and back")


async def test_a_second_device_of_the_same_number_gets_copies(
    client: Any, make_client: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    second = await make_client()
    await second.link(control, anna)
    await client.do("send", to=ben, text="for my other device")
    assert (await second.event("message", text="for my other device"))["own"] is True
    await control.send(ben, anna, "for both")
    await client.event("message", text="for both")
    await second.event("message", text="for both")


async def test_a_client_reads_a_message_and_the_phone_manually_too(
    client: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    await control.change(ben, receipts=["delivered"])
    message_id = await client.do("send", to=ben, text="read me later")
    await client.event("receipt", type=DELIVERED)
    assert not [event for event in client.events if event.get("type") == READ]
    assert await control.read(ben) == [message_id]
    assert (await client.event("receipt", type=READ))["ids"] == [message_id]
    assert await control.read(ben) == []


async def test_group_messages_go_both_ways(
    client: Any, control: SandboxControl, anna: str, ben: str, carla: str, arrives_at: Any
) -> None:
    group = await control.create_group("Team", [anna, ben, carla])
    assert await client.do("group", to=group.id) == {"subject": "Team", "members": 3}
    assert "Team" in await client.do("groups")
    for text in ("hello group", "hello again"):
        await client.do("send", to=group.id, text=text)
        for phone in (ben, carla, anna):
            message = await arrives_at(phone, text)
            assert (message.group, message.chat, message.own) == (True, group.id, phone == anna)
    for text in ("from Ben", "from Ben again"):
        await control.send(ben, group.id, text)
        assert (await client.event("message", text=text))["group"] is True
        assert (await arrives_at(carla, text)).enc == "skmsg"
    await client.event("receipt", type=READ)


async def test_a_stranger_to_a_group_cannot_write_or_look(
    client: Any, control: SandboxControl, ben: str, carla: str
) -> None:
    group = await control.create_group("Others", [ben, carla])
    with pytest.raises(RuntimeError):
        await client.do("group", to=group.id)
    assert "Others" not in await client.do("groups")


async def test_media_goes_up_and_comes_down_sealed(
    client: Any, make_client: Any, control: SandboxControl, sandbox: Any, ben: str
) -> None:
    other = await make_client()
    await other.link(control, ben)
    content = os.urandom(300_000)
    message_id = await client.do(
        "send_document", to=ben, data=base64.b64encode(content).decode(), caption="the contract"
    )
    await other.event("message", text="the contract")
    assert base64.b64decode(await other.do("download", id=message_id)) == content
    (stored,) = (sandbox.folder / "media").iterdir()
    assert content[:64] not in stored.read_bytes(), "the server holds ciphertext only"
    assert stored.stat().st_mode & 0o077 == 0


async def test_a_number_without_an_account_is_said_to_have_none_and_gets_nothing(
    client: Any, ben: str, new_number: Callable[[], str]
) -> None:
    unknown = new_number()
    assert await client.do("exists", phone=unknown) is False
    assert await client.do("exists", phone=ben) is True
    with pytest.raises(RuntimeError):
        await client.do("send", to=unknown, text="to nobody")


async def test_a_refusing_number_refuses_with_its_code(
    client: Any, control: SandboxControl, ben: str, arrives_at: Any
) -> None:
    await control.change(ben, refuse=479)
    with pytest.raises(RuntimeError, match="479"):
        await client.do("send", to=ben, text="unwanted")
    await control.change(ben, refuse=None)
    await client.do("send", to=ben, text="welcome")
    await arrives_at(ben, "welcome")
    assert [message.text for message in (await control.inbox(ben)).messages] == ["welcome"]


async def test_presence_of_a_phone_is_told_to_those_who_ask(client: Any, control: SandboxControl, ben: str) -> None:
    lid = (await control.phone(ben)).lid
    await client.do("presence")
    await client.do("send", to=ben, text="so that I know you")
    await client.do("subscribe", phone=ben)
    await client.event("presence", unavailable=False)
    await control.change(ben, online=False)
    assert (await client.event("presence", unavailable=True))["sender"] == lid
