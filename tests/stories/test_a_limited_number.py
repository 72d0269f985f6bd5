"""WhatsApp limits a number: replies and known chats go on, messages to new contacts wait and say why."""

from typing import Any

import pytest

from messageapi.engines.port import Inbound, Limited, NotSent
from messageapi.messages import find
from messageapi.vocab.content import Letter, Text, words

FRIEND, STRANGER, CUSTOMER = "+12025550123", "+12025550124", "+12025550125"
GROUP = "120363000000000001@g.us"
HOUR_MS = 3_600_000


def writes(story: Any, phone: str, name: str = "1") -> Inbound:
    lid = f"77{phone[-4:]}@lid"
    now = story.doors.clock()
    return Inbound(
        f"IN{phone[-4:]}{name}", lid, lid, phone, lid, "Somebody", "text", Letter(content=Text("Hello")), now
    )


@pytest.fixture
def limit(story: Any) -> Any:
    """Report a limit and wait until it counts."""

    async def begin(lasts_ms: int = HOUR_MS, *, active: bool = True) -> None:
        now = story.doors.clock()
        story.host.report(story.number, Limited(now, active=active, until=now + lasts_ms))
        await taken(story)

    return begin


async def taken(story: Any) -> None:
    journal = story.host.journals[story.number]
    await story.eventually(lambda: journal.taken == len(journal.events))


@pytest.fixture
async def known(worker: Any, story: Any) -> None:
    """The friend got something before, the customer wrote."""
    await story.until(await story.say("before", FRIEND), "read")
    story.host.report(story.number, writes(story, CUSTOMER))
    await taken(story)


async def test_known_chats_go_on_and_new_contacts_wait(known: None, story: Any, limit: Any) -> None:
    await limit()
    held = await story.say("new", STRANGER)
    for to in (FRIEND, CUSTOMER, GROUP):
        await story.until(await story.say(f"to {to}", to), "read")
    message = await find.one(story.doors, story.alice, held)
    assert message.status == "accepted"
    assert message.held
    assert message.held.until
    assert message.created_at
    assert (message.held.code, message.held.until > message.created_at) == ("new_contacts", True)
    assert message.held.detail.endswith(".")
    assert "new" not in story.host.texts()


async def test_who_writes_to_the_number_is_no_new_contact_any_more(known: None, story: Any, limit: Any) -> None:
    await limit()
    ids = [await story.say(text, STRANGER) for text in ("one", "two")]
    other = await story.say("other", "+12025550126")
    await story.until(await story.say("to the friend", FRIEND), "read")
    story.host.report(story.number, writes(story, STRANGER))
    for each in ids:
        message = await story.until(each, "read")
        assert message.held is None
    assert story.host.texts()[-2:] == ["one", "two"]
    assert (await find.one(story.doors, story.alice, other)).held


async def test_all_flows_when_whatsapp_ends_the_limit(known: None, story: Any, limit: Any) -> None:
    await limit()
    held = await story.say("new", STRANGER)
    await story.until(await story.say("to the friend", FRIEND), "read")
    await limit(active=False)
    await story.until(held, "read")


async def test_all_flows_when_the_time_of_the_limit_is_over(known: None, story: Any, limit: Any) -> None:
    await limit(700)
    held = await story.say("new", STRANGER)
    await story.until(await story.say("to the friend", FRIEND), "read")
    assert (await find.one(story.doors, story.alice, held)).status == "accepted"
    assert (await story.until(held, "read")).held is None


async def test_replies_pass_any_number_of_messages_to_new_contacts(known: None, story: Any, limit: Any) -> None:
    await limit()
    held = [await story.say(f"new {place}", f"+120255502{place:02}") for place in range(100)]
    await story.until(await story.say("to the friend", FRIEND), "read")
    assert story.host.texts() == ["before", "to the friend"]
    await limit(active=False)
    for each in held:
        await story.until(each, "read")
    assert story.host.texts()[2:] == [f"new {place}" for place in range(100)]


async def test_the_refusal_that_shows_a_limit_keeps_the_next_new_contact_from_being_refused(
    known: None, story: Any
) -> None:
    good = story.host.script

    def script(job: Any) -> Any:
        if words(job.letter.content) != "refused":
            return good(job)
        refusal = "new_contact_limited"
        return [NotSent(job.message_id, job.attempt, refusal, "No. Wait.", True, story.simulator.now_ms())]

    story.host.script = script
    assert (await story.until(await story.say("refused", STRANGER), "failed")).error.code == "new_contact_limited"
    held = await story.say("held", "+12025550126")
    await story.until(await story.say("to the friend", FRIEND), "read")
    assert (await find.one(story.doors, story.alice, held)).held


async def test_a_limit_on_everything_holds_everything(known: None, story: Any) -> None:
    until = story.doors.clock() + 700
    await story.set_number(story.number, state="limited", limit_code="everything", limited_until=until)
    message_id = await story.say("to the friend", FRIEND)
    await story.until(message_id, "read")
    assert story.host.submitted[-1].attempt == 1
    assert story.doors.clock() >= until
