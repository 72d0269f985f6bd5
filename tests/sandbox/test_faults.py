"""Faults on purpose: lost and late acknowledgements, a server that forgets, a server that is deaf."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from messageapi.sandbox.client import FaultsView, SandboxControl
from messageapi.sandbox.wire.stanza import Jid, Node


@pytest.fixture(autouse=True)
async def _repaired_afterwards(control: SandboxControl) -> AsyncIterator[None]:
    yield
    await control.faults(drop_acks=0, ack_delay_ms=0, sink_messages=False, silent=False)


async def test_a_lost_acknowledgement_leaves_a_delivered_message_and_a_waiting_client(
    client: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any
) -> None:
    await control.faults(drop_acks=1)
    sending = asyncio.create_task(client.do("send", to=ben, text="was it sent?"))
    message = await arrives_at(ben, "was it sent?")
    assert not sending.done()
    await control.kick(anna)
    assert await sending == message.id, "the client asks again after its next login"
    assert [received.text for received in (await control.inbox(ben)).messages] == ["was it sent?"]


async def test_a_late_acknowledgement_comes_after_the_receipts(client: Any, control: SandboxControl, ben: str) -> None:
    await control.faults(ack_delay_ms=2_000)
    message_id = await client.do("send", to=ben, text="delivered before it was sent")
    assert [event["ids"] for event in client.events if event["event"] == "receipt"][:1] == [[message_id]]
    assert (await control.faults()).ack_delay_ms == 2_000


async def test_a_sinking_server_acknowledges_and_forgets(
    client: Any, control: SandboxControl, ben: str, arrives_at: Any
) -> None:
    await control.faults(sink_messages=True)
    await client.do("send", to=ben, text="gone")
    await control.faults(sink_messages=False)
    await client.do("send", to=ben, text="there")
    await arrives_at(ben, "there")
    assert [message.text for message in (await control.inbox(ben)).messages] == ["there"]


async def test_a_deaf_server_answers_nothing_until_it_hears_again(
    companion: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    device = await companion(anna)
    await control.faults(silent=True)
    unanswered = asyncio.create_task(device.ask("w:p", "get"))
    await control.send(ben, anna, "nobody hears this yet")
    assert (await control.phone(anna)).devices[0].kept >= 1
    assert not unanswered.done()
    await control.faults(silent=False)
    assert (await device.ask("w:p", "get")).text("type") == "result"
    assert not unanswered.done()
    unanswered.cancel()
    assert device.waiting("message") == 0, "what was kept comes after the next login"


async def test_only_what_is_named_changes(control: SandboxControl) -> None:
    assert await control.faults(drop_acks=3) == FaultsView(3, 0, sink_messages=False, silent=False)
    assert await control.faults(ack_delay_ms=5) == FaultsView(3, 5, sink_messages=False, silent=False)
    assert (await control.faults(refuse_uploads=413)).refuse_uploads == 413
    assert await control.faults(refuse_uploads=0) == FaultsView(3, 5, sink_messages=False, silent=False)


async def test_presence_of_a_stranger_is_not_told_to_a_dead_line(
    companion: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    """A watcher that has gone is no reason to fail."""
    device = await companion(anna)
    to = Jid((await control.phone(ben)).lid.partition("@")[0], "lid")
    await device.send(Node("presence", {"type": "subscribe", "to": to}))
    await device.stanza("presence")
    await control.unlink(anna)
    await device.closed_by_server()
    assert (await control.change(ben, online=False)).online is False
