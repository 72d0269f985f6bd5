"""Real host processes that are killed, hang, are left alone or go mad: every message still ends in a true state."""

import asyncio
import signal
from collections import Counter
from typing import Any

import msgspec
import pytest

from messageapi.engines.port import (
    CloseSession,
    Connected,
    Disconnected,
    Done,
    Inbound,
    NotSent,
    OpenSession,
    Receipt,
    Refused,
    Sent,
    Unconfirmed,
)

OUTCOMES = (Sent, NotSent, Unconfirmed)


def outcomes(worker: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for event in worker.events:
        if isinstance(event, OUTCOMES):
            found.setdefault(event.message_id, []).append(event)
    return found


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGABRT])
async def test_a_host_that_is_killed_while_sending_leaves_true_outcomes(linked: Any, how: signal.Signals) -> None:
    await linked.open()
    await linked.submit("warm-up")
    await linked.worker.first(Sent, "warm-up")
    ids = [f"m{number}" for number in range(300)]
    await linked.control.faults(ack_delay_ms=20)  # so that it is killed before it has sent them all
    await linked.submit(*ids)
    await linked.worker.first(Sent, "m20")
    linked.end("h1", how)
    await linked.control.faults(ack_delay_ms=0)
    linked.spec = msgspec.structs.replace(linked.spec, epoch=2)
    await linked.open()
    await linked.worker.until(lambda: set(ids) <= outcomes(linked.worker).keys())
    ends = outcomes(linked.worker)
    assert all(len(ends[one]) == 1 for one in ids)
    unknown = [one for one in ids if isinstance(ends[one][0], Unconfirmed)]
    back = [one for one in ids if isinstance(ends[one][0], NotSent)]
    assert len(unknown) <= 1
    assert back
    assert not any(ends[one][0].permanent for one in back)
    codes = Counter(ends[one][0].code for one in back)
    assert codes.keys() <= {"host_restarted", "host_ended"}
    assert codes["host_ended"] + len(unknown) <= 1  # the one message that may have been under way
    arrived = Counter(await linked.arrived(len(ids) - len(back) - len(unknown)))
    assert not arrived.keys() & set(back)
    assert all(arrived[one] == 1 for one in ids if isinstance(ends[one][0], Sent))


async def test_a_receipt_settles_what_a_killed_host_left_open(linked: Any) -> None:
    """The name of the message was written down before it left. The phone reads it when the next host is there."""
    await linked.open()
    await linked.submit("warm-up")
    await linked.worker.first(Sent, "warm-up")
    await linked.control.faults(drop_acks=1)
    await linked.control.change(linked.other, receipts=[])
    await linked.submit("lost")
    await linked.arrived(2)
    linked.end("h1")
    await linked.open()
    lost = await linked.worker.first(Unconfirmed, "lost")
    assert lost.code == "host_restarted"
    await linked.control.read(linked.other)
    await linked.worker.until(lambda: any(lost.wa_id in receipt.wa_ids for receipt in linked.worker.of(Receipt)))


async def test_a_number_that_hangs_twice_over_ends_in_true_states(linked: Any) -> None:
    """The library repeats a lost message after a reconnect and then waits for ever: only a new client helps."""
    await linked.open()
    await linked.submit("warm-up")
    await linked.worker.first(Sent, "warm-up")
    await linked.control.faults(drop_acks=2)
    await linked.submit("lost", deadline_ms=4_000)
    await linked.arrived(2)
    await linked.control.kick(linked.phone)
    lost = await linked.worker.first(Unconfirmed, "lost")
    assert lost.wa_id
    await linked.worker.until(lambda: isinstance(linked.worker.events[-1], Connected | Receipt))
    await linked.control.faults(drop_acks=0)
    await linked.submit("after")
    await linked.worker.first(Sent, "after")
    assert Counter(await linked.arrived(3)) == Counter(["warm-up", "lost", "after"])


async def test_a_silent_network_does_not_hold_a_message_for_ever(linked: Any) -> None:
    await linked.open()
    await linked.submit("warm-up")
    await linked.worker.first(Sent, "warm-up")
    await linked.control.faults(silent=True)
    await linked.submit("lost", deadline_ms=500)
    await linked.worker.first(Unconfirmed, "lost")
    await linked.control.faults(silent=False)
    await linked.worker.until(lambda: len(linked.worker.of(Connected)) >= 2)
    await linked.submit("after")
    await linked.worker.until(lambda: "after" in outcomes(linked.worker))


async def test_what_a_worker_missed_comes_in_order_and_once(linked: Any) -> None:
    await linked.open()
    linked.worker.away = True
    for number in range(50):
        await linked.says(f"text {number}")
    await linked.worker.until(lambda: sum(isinstance(event, Inbound) for event in linked.worker.offered) == 50)
    linked.end("h1")  # and the host that had them dies as well
    linked.worker.away = False
    await linked.open()
    await linked.worker.until(lambda: len(linked.worker.of(Inbound)) >= 50)
    assert [event.text for event in linked.worker.of(Inbound)] == [f"text {number}" for number in range(50)]
    assert linked.worker.seqs == list(range(linked.worker.seqs[0], linked.worker.seqs[-1] + 1))


async def test_two_processes_never_hold_one_number(linked: Any) -> None:
    await linked.open()
    await linked.host("h2")
    answer = await linked.worker.tell("h2", OpenSession(msgspec.structs.replace(linked.spec, epoch=2)))
    assert isinstance(answer, Refused)
    assert answer.code == "engine_failed"
    linked.end("h1")
    assert await linked.worker.tell("h2", OpenSession(msgspec.structs.replace(linked.spec, epoch=2))) == Done()
    await linked.worker.until(lambda: len(linked.worker.of(Connected)) == 2)


async def test_a_host_stops_in_order_and_in_time(linked: Any) -> None:
    process = await running(linked)
    await linked.submit(*(f"m{number}" for number in range(100)))
    await linked.worker.first(Sent, "m5")
    process.terminate()
    assert await asyncio.to_thread(process.wait, 6) == 0
    await linked.open()
    await linked.worker.until(lambda: len(outcomes(linked.worker)) == 100)
    assert all(len(each) == 1 for each in outcomes(linked.worker).values())
    assert linked.worker.of(Unconfirmed) == []


async def running(linked: Any) -> Any:
    await linked.open()
    return linked.processes["h1"]


async def test_what_was_kept_for_an_absent_number_is_marked_late(linked: Any) -> None:
    await linked.open()
    linked.end("h1", signal.SIGTERM)
    await linked.says("while you were out")
    await linked.open()
    inbound = await linked.worker.first(Inbound)
    assert (inbound.text, inbound.late) == ("while you were out", True)


async def test_texts_go_to_a_group_and_come_from_one(linked: Any) -> None:
    await linked.open()
    group = await linked.control.create_group("Friends", [linked.phone, linked.other])
    await linked.submit("to all", to=group.id)
    await linked.worker.first(Sent, "to all")
    assert await linked.arrived(1) == ["to all"]
    await linked.control.send(linked.other, group.id, "from one")
    inbound = await linked.worker.first(Inbound)
    assert (inbound.chat, inbound.text, inbound.sender_phone) == (group.id, "from one", linked.other)
    assert inbound.sender.endswith("@lid")
    assert len(linked.worker.of(Inbound)) == 1  # the keys that come first are no message


async def test_credentials_that_are_gone_end_the_number_and_not_the_host(linked: Any) -> None:
    await linked.link()
    process = await linked.host("h1")
    (linked.folder / "sessions" / linked.spec.folder / "whatsapp.db").unlink()
    assert await linked.worker.tell("h1", OpenSession(linked.spec)) == Done()
    await linked.worker.until(lambda: linked.worker.events)
    assert linked.worker.events[0].code == "logged_out"
    assert process.poll() is None


async def test_numbers_come_and_go_while_others_send(linked: Any) -> None:
    """Changes of the library's client table beside running sends end the process unless they are kept apart."""
    process = await running(linked)
    other = type(linked)(linked.folder, linked.sandbox)
    other.__dict__.update({name: linked.__dict__[name] for name in ("_nats", "_url", "worker", "processes", "said")})
    await other.control.create_phone(other.phone)
    linked.worker.pairing.clear()
    await other.link()
    ids = [f"m{number}" for number in range(400)]
    await linked.submit(*ids)
    for epoch in range(1, 8):
        other.spec = msgspec.structs.replace(other.spec, epoch=epoch)
        await other.open()
        assert await linked.worker.tell("h1", CloseSession(other.spec.number_id, epoch)) == Done()
    await linked.worker.until(lambda: len(outcomes(linked.worker)) == 400)
    await other.control.close()
    assert process.poll() is None
    assert Counter(type(each[0]) for each in outcomes(linked.worker).values()) == {Sent: 400}


async def test_nothing_secret_is_printed_logged_or_left_readable(linked: Any) -> None:
    linked.log_level = "debug"
    await linked.link(linked.phone[1:])
    code = next(event.code for event in linked.worker.pairing if hasattr(event, "code"))
    await linked.open()
    canary = "canary-3f9d27-do-not-print"
    linked.worker.away = True
    await linked.submit("m1", text=canary)
    await linked.says(canary + "-inbound")
    await linked.arrived(1)
    await linked.worker.until(lambda: any(isinstance(event, Inbound) for event in linked.worker.offered))
    linked.end("h1")
    secrets = [canary, code, code.replace("-", ""), linked.phone[1:], linked.other[1:]]
    printed = b"".join(path.read_bytes() for path in linked.said.values())
    printed += b"".join(process.stdout.read() for process in linked.processes.values() if process.poll() is not None)
    assert [secret for secret in secrets if secret.encode() in printed] == []
    files = [path for path in (linked.folder / "sessions").rglob("*") if path.is_file()]
    assert [path.name for path in files if canary.encode() in path.read_bytes()] == []
    assert {path.stat().st_mode & 0o077 for path in files} == {0}
    linked.worker.away = False
    await linked.open()
    assert (await linked.worker.first(Inbound)).text == canary + "-inbound"
    assert linked.worker.of(Disconnected) == []
