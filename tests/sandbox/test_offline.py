"""Who is away gets everything later: phones, clients, and clients that died before they said that they had it."""

import signal
import time
from typing import Any

import pytest

from messageapi.sandbox.client import SandboxControl, SandboxError

DELIVERED, READ = 1, 4


async def test_a_phone_that_is_offline_gets_its_messages_when_it_is_back(
    client: Any, control: SandboxControl, ben: str, arrives_at: Any
) -> None:
    await control.change(ben, online=False)
    ids = [await client.do("send", to=ben, text=f"wait {number}") for number in range(3)]
    assert (await control.inbox(ben)).messages == []
    assert not [event for event in client.events if event["event"] == "receipt"], "sent, not delivered"
    assert (await control.phone(ben)).online is False
    await control.change(ben, online=True)
    await arrives_at(ben, "wait 2")
    assert [message.id for message in (await control.inbox(ben)).messages] == ids
    for message_id in ids:
        await client.event("receipt", type=DELIVERED, ids=[message_id])


async def test_a_slow_phone_takes_its_time_and_keeps_the_order(
    client: Any, control: SandboxControl, ben: str, arrives_at: Any
) -> None:
    await control.change(ben, delay_ms=1_000)
    began = time.monotonic()
    for number in range(3):
        await client.do("send", to=ben, text=f"slow {number}")
    await arrives_at(ben, "slow 0")
    assert time.monotonic() - began > 0.9
    await arrives_at(ben, "slow 2")
    assert [message.text for message in (await control.inbox(ben)).messages] == ["slow 0", "slow 1", "slow 2"]


async def test_a_client_that_lost_its_connection_comes_back_and_gets_what_it_missed(
    client: Any, control: SandboxControl, anna: str, ben: str, nothing_kept: Any
) -> None:
    client.events.clear()
    assert await control.kick(anna) == [1]
    for number in range(5):
        await control.send(ben, anna, f"missed {number}")
    texts = [(await client.event("message", text=f"missed {number}"))["text"] for number in range(5)]
    assert len(texts) == 5
    await client.event("offline_done")
    await nothing_kept(anna)


async def test_what_a_dead_client_did_not_acknowledge_is_sent_again_after_its_next_login(
    client: Any, make_client: Any, control: SandboxControl, anna: str, ben: str, nothing_kept: Any
) -> None:
    await client.do("send", to=ben, text="so that there is a session")
    await nothing_kept(anna)
    client.process.send_signal(signal.SIGSTOP)
    message_id = await control.send(ben, anna, "into the void")
    assert (await control.phone(anna)).devices[0].kept > 0
    await client.kill()
    heir = await make_client("anna")
    await heir.connect()
    assert (await heir.event("message", text="into the void"))["id"] == message_id
    await nothing_kept(anna)


async def test_receipts_wait_for_a_client_that_is_away(
    client: Any, make_client: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any
) -> None:
    await control.change(ben, receipts=["delivered"])
    message_id = await client.do("send", to=ben, text="read while I am away")
    await arrives_at(ben, "read while I am away")
    await client.event("receipt", type=DELIVERED)
    await client.kill()
    await control.read(ben, [message_id])
    heir = await make_client("anna")
    await heir.connect()
    assert (await heir.event("receipt", type=READ))["ids"] == [message_id]


async def test_a_phone_whose_mailbox_is_full_refuses_more(
    control: SandboxControl, companion: Any, anna: str, ben: str
) -> None:
    """Ten thousand stanzas are the limit; a companion of our own fills it quickest."""
    await control.change(ben, online=False)
    writer = await companion(anna)
    await writer.flood(ben, 10_050)
    assert writer.refusals == {"503": 50}
    with pytest.raises(SandboxError) as refused:
        await control.send(anna, ben, "no room")
    assert refused.value.code == "refused"


async def test_a_large_offline_queue_comes_in_portions(
    control: SandboxControl, companion: Any, anna: str, ben: str
) -> None:
    reader = await companion(anna)
    await reader.close()
    for number in range(250):
        await control.send(ben, anna, f"portion {number}")
    await reader.log_in()
    assert (await reader.stanza("ib", "offline_preview")).child("offline_preview").text("message") == "250"
    first = [await reader.stanza("message") for _ in range(100)]
    assert reader.waiting("message") == 0, "not more than one portion without an acknowledgement"
    assert {node.text("offline") for node in first} == {"0"}
    await reader.ask_for_more(50)
    for _ in range(50):
        await reader.stanza("message")
    for node in first:
        await reader.acknowledge(node)
    for _ in range(100):
        await reader.stanza("message")
    assert (await reader.stanza("ib", "offline")).child("offline").text("count") == "250"


async def test_what_is_refused_by_a_client_is_not_sent_again(
    control: SandboxControl, companion: Any, anna: str, ben: str, nothing_kept: Any
) -> None:
    reader = await companion(anna)
    await control.send(ben, anna, "unreadable")
    await reader.refuse(await reader.stanza("message"))
    await nothing_kept(anna)
    await reader.close()
    await reader.log_in()
    await reader.stanza("ib", "offline")
    assert reader.waiting("message") == 0
    assert (await control.stats()).counts["client_refusals"] >= 1
