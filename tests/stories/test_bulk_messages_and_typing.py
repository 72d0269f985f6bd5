"""Between acceptance and hand-over: who opted out meanwhile gets nothing, and a number may type first."""

import asyncio
from typing import Any

import pytest

from messageapi.contacts.list import add
from messageapi.messages.accepting.send import send
from messageapi.messages.content.requests import ReactionMessage, Reference, TextMessage
from messageapi.numbers.edit import edit
from messageapi.numbers.schemas import NumberEdit
from messageapi.pacing.schemas import PacingEdit

PHONE = "+12025550123"


async def test_bulk_messages_that_waited_are_not_sent_to_who_opted_out(
    story: Any, doors: Any, alice: Any, another_worker: Any
) -> None:
    bulk = await send(doors, alice, TextMessage(to=PHONE, text="Sale!", bulk=True))
    order = await send(doors, alice, TextMessage(to=PHONE, text="Your order", bulk=False))
    await add(doors, alice, PHONE)
    await another_worker()
    assert (await story.until(bulk.id, "failed")).error.code == "recipient_opted_out"
    await story.until(order.id, "read")
    assert story.host.texts() == ["Your order"]


@pytest.mark.usefixtures("worker")
async def test_a_number_that_shows_typing_types_before_every_text(story: Any, doors: Any, alice: Any) -> None:
    quick = await story.until(await story.say("Hello"), "read")
    await edit(doors, alice, story.number, NumberEdit(typing=True))
    await story.until(await story.say("Hello again"), "read")
    reaction = ReactionMessage(to=PHONE, target=Reference(wa_message_id=quick.wa_message_id, sender="me"), emoji="+1")
    await story.until((await send(doors, alice, reaction)).id, "read")
    first, second, third = (job.letter.typing_ms for job in story.host.submitted)
    assert (first, third) == (0, 0)
    assert second >= 1_000


@pytest.mark.usefixtures("worker")
async def test_a_number_with_a_pace_sends_by_itself_when_its_time_has_come(story: Any, doors: Any, alice: Any) -> None:
    free: dict[str, Any] = {"per_minute": 0, "per_hour": 0, "per_day": 0, "new_contacts_per_day": 0, "warm_up": False}
    pace = PacingEdit(on=True, gap_ms=300, jitter_ms=50, **free)
    await edit(doors, alice, story.number, NumberEdit(pacing=pace))
    ids = await asyncio.gather(*(story.say(f"{place}") for place in range(4)))
    seen = [await story.until(each, "read") for each in ids]
    began = sorted(moment.at for each in seen for moment in each.timeline if moment.status == "sending")
    assert len(set(began)) == 4, "each had a turn of its own"
