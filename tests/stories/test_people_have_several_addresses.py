"""Whoever is written to is asked about first where that is needed, and is one chat under all addresses."""

from typing import Any

import pytest

from messageapi.engines.port import Found, Inbound
from messageapi.numbers.edit import edit
from messageapi.numbers.schemas import NumberEdit
from messageapi.pacing.schemas import PacingEdit
from messageapi.vocab.content import Letter, Text

NEW_FORM, OLD_FORM = "+5511987654321", "+551187654321"
REAL = "551187654321@s.whatsapp.net"
LID = "90000000001@lid"

pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture
def brazil(story: Any) -> None:
    """WhatsApp knows the person by the old form."""
    for phone in (NEW_FORM, OLD_FORM):
        story.host.people[phone] = Found(phone, REAL, LID, on_whatsapp=True)


@pytest.fixture
async def on_whatsapp(story: Any, doors: Any, alice: Any) -> None:
    """The number is on the real network, and sends as fast as it can."""
    await edit(doors, alice, story.number, NumberEdit(pacing=PacingEdit(on=False)))
    await story.set_number(story.number, network="whatsapp")


@pytest.mark.usefixtures("brazil")
async def test_a_number_in_its_other_form_goes_to_the_one_whatsapp_has(story: Any) -> None:
    message = await story.until(await story.say(to=NEW_FORM), "read")
    assert [job.chat for job in story.host.submitted] == [REAL]
    assert (message.chat, message.phone, message.lid) == (REAL, OLD_FORM, LID)


@pytest.mark.usefixtures("brazil")
async def test_whatsapp_is_asked_once(story: Any) -> None:
    for to in (NEW_FORM, OLD_FORM, NEW_FORM):
        await story.until(await story.say(to=to), "read")
    assert story.host.looked_up == [[NEW_FORM]]
    assert {job.chat for job in story.host.submitted} == {REAL}


@pytest.mark.usefixtures("brazil")
async def test_what_waited_behind_it_goes_to_the_same_chat_in_order(story: Any) -> None:
    story.host.hold = True
    ids = [await story.say(f"{place}", to=NEW_FORM) for place in range(5)]
    await story.eventually(lambda: len(story.host.submitted) == 5)
    story.host.play(story.number)
    assert {(await story.until(each, "read")).chat for each in ids} == {REAL}
    assert story.host.texts() == [f"{place}" for place in range(5)]


@pytest.mark.usefixtures("brazil")
async def test_after_an_answer_the_hidden_identity_is_the_same_chat(story: Any) -> None:
    inbound = Inbound("IN1", LID, LID, OLD_FORM, LID, "Ana", "text", Letter(content=Text("Oi")), 1)
    story.host.report(story.number, inbound)
    await story.eventually(lambda: story.host.journals[story.number].taken == 1)
    message = await story.until(await story.say(to=LID), "read")
    assert (message.chat, message.phone, message.lid) == (REAL, OLD_FORM, LID)
    assert story.host.looked_up == []


async def test_numbers_of_one_form_are_not_asked_about_in_the_sandbox(story: Any) -> None:
    await story.until(await story.say(to="+12025550123"), "read")
    assert story.host.looked_up == []


@pytest.mark.usefixtures("on_whatsapp")
async def test_who_is_not_on_whatsapp_is_not_sent_anything(story: Any) -> None:
    message = await story.until(await story.say(to="+12025550199"), "failed")
    assert message.error.code == "not_on_whatsapp"
    assert story.host.submitted == []


@pytest.mark.usefixtures("on_whatsapp")
async def test_on_whatsapp_everybody_is_asked_about_before_the_first_message(story: Any) -> None:
    phone, jid = "+12025550123", "12025550123@s.whatsapp.net"
    story.host.people[phone] = Found(phone, jid, LID, on_whatsapp=True)
    for _ in range(2):
        await story.until(await story.say(to=phone), "read")
    assert story.host.looked_up == [[phone]]


async def test_without_an_answer_it_goes_as_it_was_written(story: Any) -> None:
    story.host.refuses_chats = "no_answer"
    message = await story.until(await story.say(to=NEW_FORM), "read")
    assert message.chat == "5511987654321@s.whatsapp.net"
