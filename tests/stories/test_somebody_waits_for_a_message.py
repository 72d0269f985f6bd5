"""Callers who wait get WhatsApp's word as soon as it is there, or the state of things when their time is over."""

import asyncio
from typing import Any

import pytest

from messageapi.errors import Problem
from messageapi.messages import wait
from messageapi.messages.wait import until_settled
from messageapi.vocab.caller import operator_for


async def test_a_waiter_is_answered_when_the_message_is_sent(worker: Any, story: Any) -> None:
    message = await until_settled(story.doors, story.alice, await story.say(), 10)
    assert message.status in ("sent", "delivered", "read")


async def test_a_waiter_is_woken_by_the_bell_and_not_by_the_poll(worker: Any, story: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(wait, "POLL_S", 60.0)
    story.host.hold = True
    waiter = asyncio.create_task(until_settled(story.doors, story.alice, await story.say(), 60))
    await story.eventually(lambda: story.host.submitted)
    story.host.play(story.number)
    assert (await asyncio.wait_for(waiter, 20)).status in ("sent", "delivered", "read")


async def test_many_wait_and_each_gets_an_own_answer(worker: Any, story: Any) -> None:
    ids = [await story.say(f"{place}") for place in range(50)]
    answers = await asyncio.gather(*(until_settled(story.doors, story.alice, each, 10) for each in ids))
    assert [answer.id for answer in answers] == ids


async def test_when_the_time_is_over_the_message_is_shown_as_it_is(worker: Any, story: Any) -> None:
    story.host.hold = True
    message_id = await story.say()
    await story.eventually(lambda: story.host.submitted)
    assert (await until_settled(story.doors, story.alice, message_id, 0.05)).status == "sending"


async def test_nobody_waits_for_a_message_of_another_account(story: Any) -> None:
    with pytest.raises(Problem) as refused:
        await until_settled(story.doors, operator_for("acc_charlie"), await story.say(), 5)
    assert refused.value.code == "message_not_found"
