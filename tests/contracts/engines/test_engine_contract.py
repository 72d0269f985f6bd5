"""What every engine does, seen from a worker."""

from typing import Any

from messageapi.engines.port import (
    Connected,
    Disconnected,
    Done,
    Ended,
    Inbound,
    LookedUp,
    LookUp,
    MarkRead,
    NotSent,
    PairingCode,
    Qr,
    Receipt,
    Sent,
    ShowTyping,
    Unconfirmed,
    UnlinkSession,
)


async def test_a_number_is_linked_by_scanning_a_qr_code(world: Any) -> None:
    linked = await world.link()
    assert isinstance(world.worker.pairing[0], Qr)
    assert linked.jid.endswith("@s.whatsapp.net")
    assert linked.lid.endswith("@lid")


async def test_a_number_is_linked_by_typing_a_code(world: Any) -> None:
    await world.link(getattr(world, "phone", "+4915100000001")[1:])
    assert isinstance(world.worker.pairing[0], PairingCode)
    assert not any(isinstance(event, Qr) for event in world.worker.pairing)


async def test_an_open_number_says_who_it_is(world: Any) -> None:
    await world.open()
    connected = await world.worker.first(Connected)
    assert connected.jid == world.spec.jid
    assert connected.lid.endswith("@lid")


async def test_texts_arrive_in_the_order_given_and_each_is_acknowledged(world: Any) -> None:
    await world.open()
    ids = [f"m{number}" for number in range(30)]
    await world.submit(*ids)
    await world.worker.first(Sent, "m29")
    assert [event.message_id for event in world.worker.of(Sent)] == ids
    assert await world.arrived(30) == ids


async def test_receipts_name_the_message_they_are_for(world: Any) -> None:
    await world.open()
    await world.submit("m1")
    sent = await world.worker.first(Sent, "m1")
    await world.receipts(sent.wa_id)
    await world.worker.until(lambda: len(world.worker.of(Receipt)) >= 2)
    receipts = world.worker.of(Receipt)
    assert [receipt.kind for receipt in receipts] == ["delivered", "read"]
    assert all(receipt.wa_ids == [sent.wa_id] for receipt in receipts)


async def test_a_text_for_the_number_is_reported_with_its_sender(world: Any) -> None:
    await world.open()
    await world.says("hello, is anybody there?")
    inbound = await world.worker.first(Inbound)
    assert (inbound.text, inbound.message_type, inbound.from_me) == ("hello, is anybody there?", "text", False)
    assert inbound.sender_phone.startswith("+49")
    assert inbound.sender_lid.endswith("@lid")
    assert inbound.chat == inbound.sender


async def test_somebody_without_whatsapp_is_a_final_refusal(world: Any) -> None:
    await world.open()
    await world.expect_stranger()
    await world.submit("nobody", to=world.stranger)
    failed = await world.worker.first(NotSent, "nobody")
    assert (failed.code, failed.permanent) == ("not_on_whatsapp", True)
    await world.submit("somebody")
    await world.worker.first(Sent, "somebody")


async def test_whatsapp_says_who_has_a_number(world: Any) -> None:
    await world.open()
    await world.expect_stranger()
    nobody, somebody = (world.phone_of(one) for one in (world.stranger, world.person))
    answer = await world.worker.tell("h1", LookUp(world.spec.number_id, 1, [nobody, somebody]))
    assert isinstance(answer, LookedUp)
    assert [(one.phone, one.on_whatsapp) for one in answer.found] == [(nobody, False), (somebody, True)]
    assert answer.found[1].jid == f"{somebody[1:]}@s.whatsapp.net"
    assert answer.found[1].lid.endswith("@lid")
    assert (answer.found[0].jid, answer.found[0].lid) == ("", "")


async def test_typing_and_read_marks_are_taken(world: Any) -> None:
    await world.open()
    await world.says("hello")
    inbound = await world.worker.first(Inbound)
    number_id = world.spec.number_id
    for on in (True, False):
        assert await world.worker.tell("h1", ShowTyping(number_id, 1, world.person, "recording", on)) == Done()
    read = MarkRead(number_id, 1, inbound.chat, inbound.sender, [inbound.wa_id])
    assert await world.worker.tell("h1", read) == Done()
    await world.submit("after")
    await world.worker.first(Sent, "after")


async def test_a_message_with_typing_before_it_arrives(world: Any) -> None:
    await world.open()
    await world.submit("m1", typing_ms=300)
    await world.worker.first(Sent, "m1")
    assert await world.arrived(1) == ["m1"]


async def test_a_lost_acknowledgement_is_unconfirmed_and_the_number_goes_on(world: Any) -> None:
    await world.open()
    await world.submit("before")
    await world.worker.first(Sent, "before")
    await world.lose_an_acknowledgement()
    await world.submit("lost", "behind", deadline_ms=2_000)
    lost = await world.worker.first(Unconfirmed, "lost")
    assert lost.code == "deadline"
    assert lost.wa_id
    assert not (await world.worker.first(NotSent, "behind")).permanent
    await world.worker.until(lambda: len(world.worker.of(Connected)) == 2)
    await world.submit("after")
    await world.worker.first(Sent, "after")


async def test_a_broken_connection_comes_back(world: Any) -> None:
    await world.open()
    await world.break_connection()
    await world.worker.until(lambda: len(world.worker.of(Connected)) == 2)
    assert len(world.worker.of(Disconnected)) == 1
    await world.submit("after")
    await world.worker.first(Sent, "after")


async def test_a_number_logged_out_on_the_phone_has_ended(world: Any) -> None:
    await world.open()
    await world.log_out()
    assert (await world.worker.first(Ended)).code == "logged_out"
    await world.submit("after")
    assert not (await world.worker.first(NotSent, "after")).permanent


async def test_a_number_taken_over_by_another_client_has_ended(world: Any) -> None:
    await world.open()
    await world.replace()
    assert (await world.worker.first(Ended)).code == "replaced"


async def test_an_unlinked_number_is_let_go(world: Any) -> None:
    await world.open()
    answer = await world.worker.tell("h1", UnlinkSession(world.spec.number_id, world.spec.epoch))
    assert answer == Done()
