"""Refusals on purpose, as the real client meets them: by sender, recipient and acquaintance, of logins, of numbers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Literal

import pytest

from messageapi.sandbox.client import SandboxControl, SandboxError
from messageapi.sandbox.planted import Refusal
from messageapi.sandbox.server.forms import other_form
from messageapi.sandbox.wire.stanza import Node


@pytest.fixture(autouse=True)
async def _lifted_afterwards(control: SandboxControl) -> AsyncIterator[None]:
    yield
    await control.lift()


@pytest.mark.parametrize("code", [400, 403, 404, 429, 463, 479])
async def test_a_planted_code_reaches_the_client_as_often_as_asked(
    client: Any, control: SandboxControl, ben: str, arrives_at: Any, code: int
) -> None:
    await control.plant(Refusal(code=code, recipient=ben, times=2))
    for _ in range(2):
        with pytest.raises(RuntimeError, match=str(code)):
            await client.do("send", to=ben, text="refused")
    await client.do("send", to=ben, text="welcome")
    await arrives_at(ben, "welcome")
    assert [message.text for message in (await control.inbox(ben)).messages] == ["welcome"]
    assert await control.refusals() == []


async def test_a_refusal_holds_for_its_sender_and_its_recipient_only(
    client: Any, control: SandboxControl, anna: str, ben: str, carla: str
) -> None:
    group = await control.create_group("Closed", [anna, ben])
    await control.plant(Refusal(code=403, recipient=group.id))
    strangers = await control.plant(Refusal(code=429, sender=carla))
    to_ben = await control.plant(Refusal(code=479, sender=anna, recipient=ben))
    for to, code in ((group.id, "403"), (ben, "479")):
        with pytest.raises(RuntimeError, match=code):
            await client.do("send", to=to, text="no")
    await client.do("send", to=carla, text="this one goes")
    assert {known.id: known.hits for known in await control.refusals()}[strangers.id] == 0
    left = await control.lift(to_ben.id)
    assert to_ben.id not in [known.id for known in left]
    await client.do("send", to=ben, text="now")
    with pytest.raises(SandboxError) as unknown:
        await control.lift(to_ben.id)
    assert unknown.value.code == "unknown_refusal"


async def test_the_lock_on_new_contacts_lets_answers_pass(
    client: Any, control: SandboxControl, anna: str, ben: str, carla: str, new_number: Callable[[], str]
) -> None:
    stranger = (await control.create_phone(new_number())).phone
    await control.send(ben, anna, "a question")
    await client.do("send", to=carla, text="before the lock")
    await control.plant(Refusal(code=463, sender=anna, new_contacts=True))
    await client.do("send", to=ben, text="the answer")
    await client.do("send", to=carla, text="known already")
    with pytest.raises(RuntimeError, match="463"):
        await client.do("send", to=stranger, text="a new contact")
    await control.send(stranger, anna, "I write first")
    await client.do("send", to=stranger, text="then I may answer")


@pytest.mark.parametrize("how", ["none", "lost"])
async def test_a_message_that_is_not_acknowledged_is_sent_again_after_the_next_login(
    client: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any, how: Literal["none", "lost"]
) -> None:
    await control.plant(Refusal(answer=how, recipient=ben, times=1))
    sending = asyncio.create_task(client.do("send", to=ben, text="still there?"))
    await _met(control)
    if how == "lost":
        await arrives_at(ben, "still there?")
    assert not sending.done()
    await control.kick(anna)
    await sending
    await arrives_at(ben, "still there?")
    assert len((await control.inbox(ben)).messages) == 1


async def _met(control: SandboxControl) -> None:
    """Return when every refusal has served its times."""
    async with asyncio.timeout(20):
        while True:
            if not await control.refusals():
                return
            await asyncio.sleep(0.02)


async def test_a_sunk_message_is_acknowledged_and_gets_no_receipt(
    client: Any, control: SandboxControl, ben: str, arrives_at: Any
) -> None:
    await control.plant(Refusal(answer="sunk", recipient=ben, times=1))
    sunk = await client.do("send", to=ben, text="sunk")
    arrived = await client.do("send", to=ben, text="arrived")
    receipt = await client.event("receipt")
    assert (receipt["ids"], sunk) != ([sunk], arrived)
    await arrives_at(ben, "arrived")
    assert [message.text for message in (await control.inbox(ben)).messages] == ["arrived"]


async def test_a_silent_recipient_has_the_message_and_never_says_so(
    client: Any, control: SandboxControl, ben: str, arrives_at: Any
) -> None:
    await control.change(ben, receipts=[])
    quiet = await client.do("send", to=ben, text="quiet")
    await arrives_at(ben, "quiet")
    await control.change(ben, receipts=["delivered"])
    loud = await client.do("send", to=ben, text="loud")
    assert (await client.event("receipt"))["ids"] == [loud]
    assert quiet not in [message_id for event in client.events for message_id in event.get("ids", ())]


async def test_a_ban_ends_the_connection_refuses_logins_and_is_over_in_time(
    companion: Any, client: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    await control.ban(anna, 3600, 104)
    event = await client.event("temporary_ban")
    assert (event["Code"], int(event["Expire"]) > 3000) == ("4", True), event
    device = await companion(ben)
    await control.ban(ben, 2)
    failure = await device.stanza("failure")
    assert (failure.text("reason"), failure.text("code"), failure.text("expire")) == ("402", "101", "2")
    await device.closed_by_server()
    refused = 0
    async with asyncio.timeout(20):
        while True:
            await device.close()
            await device.log_in()
            answer = await device.stanza("success", or_else="failure")
            if answer.tag == "success":
                break
            assert answer.text("reason") == "402"
            refused += 1
    assert refused >= 1


async def test_an_account_that_is_not_listed_is_not_on_whatsapp(
    client: Any, control: SandboxControl, ben: str, arrives_at: Any
) -> None:
    await control.change(ben, listed=False)
    assert await client.do("exists", phone=ben) is False
    with pytest.raises(RuntimeError, match="no LID"):
        await client.do("send", to=ben, text="to nobody")
    await control.change(ben, listed=True)
    assert await client.do("exists", phone=ben) is True
    await client.do("send", to=ben, text="to Ben")
    await arrives_at(ben, "to Ben")


@pytest.mark.parametrize(
    ("real", "asked"),
    [
        ("551187654321", "5511987654321"),
        ("5511998765432", "551198765432"),
        ("525512345678", "5215512345678"),
        ("5491123456789", "541123456789"),
    ],
)
async def test_a_number_in_its_other_form_is_found_under_the_real_one(
    companion: Any, control: SandboxControl, anna: str, real: str, asked: str
) -> None:
    await control.create_phone(f"+{real}")
    device = await companion(anna)
    query = Node("query", {}, [Node("contact"), Node("lid")])
    listed = [Node("user", {}, [Node("contact", {}, f"+{number}".encode())]) for number in (asked, real)]
    answer = await device.ask("usync", "get", Node("usync", {"mode": "query"}, [query, Node("list", {}, listed)]))
    users = answer.child("usync", "list").children("user")
    assert [str(user.jid("pn_jid")) for user in users] == [f"{real}@s.whatsapp.net"] * 2
    assert [user.child("contact").text("type") for user in users] == ["in", "in"]
    assert users[0].data("contact") == f"+{asked}".encode()


@pytest.mark.parametrize("number", ["4915112345678", "551132345678", "12025550101", "5511912345678901"])
def test_other_numbers_have_one_form(number: str) -> None:
    assert other_form(number) is None
