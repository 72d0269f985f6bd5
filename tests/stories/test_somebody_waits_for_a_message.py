"""Callers who wait get WhatsApp's word as soon as it is there, or the state of things when their time is over."""

import asyncio

import pytest

from messageapi.errors import Problem
from messageapi.messages.wait import until_settled
from messageapi.vocab.caller import operator_for


async def test_a_waiter_is_answered_when_the_message_is_sent(worker, doors, alice, number, say):
    message = await until_settled(doors, alice, await say(), 10)
    assert message.status in ("sent", "delivered", "read")


async def test_a_waiter_is_woken_by_the_bell_and_not_by_the_poll(worker, host, doors, alice, number, say, eventually, monkeypatch):
    from messageapi.messages import wait

    monkeypatch.setattr(wait, "POLL_S", 60.0)
    host.hold = True
    waiter = asyncio.create_task(until_settled(doors, alice, await say(), 60))
    await eventually(lambda: host.submitted)
    host.play(number)
    assert (await asyncio.wait_for(waiter, 5)).status in ("sent", "delivered", "read")


async def test_many_wait_and_each_gets_an_own_answer(worker, doors, alice, number, say):
    ids = [await say(f"{place}") for place in range(50)]
    answers = await asyncio.gather(*(until_settled(doors, alice, each, 10) for each in ids))
    assert [answer.id for answer in answers] == ids


async def test_when_the_time_is_over_the_message_is_shown_as_it_is(worker, host, doors, alice, number, say, eventually):
    host.hold = True
    message_id = await say()
    await eventually(lambda: host.submitted)
    assert (await until_settled(doors, alice, message_id, 0.05)).status == "sending"


async def test_nobody_waits_for_a_message_of_another_account(doors, alice, number, say):
    with pytest.raises(Problem) as refused:
        await until_settled(doors, operator_for("acc_charlie"), await say(), 5)
    assert refused.value.code == "message_not_found"
