"""A message that cannot go, for whatever reason, holds up its own chat for a while and nobody else."""

from typing import Any

import pytest

from messageapi.messages.queue import parking
from messageapi.vocab.content import words

BOB, CAROL = "+12025550123", "+12025550124"


@pytest.fixture(autouse=True)
def hasty(monkeypatch: Any) -> None:
    monkeypatch.setattr(parking, "FIRST_PAUSE_MS", 20)
    monkeypatch.setattr(parking, "LONGEST_PAUSE_MS", 100)


def fails(story: Any, *texts: str, times: int = 1_000, code: str = "media_unreadable") -> None:
    """These messages come back as a host reports it that keeps the order of each chat."""
    left = dict.fromkeys(texts, times)

    def script(job: Any) -> Any:
        text = words(job.letter.content)
        if left.get(text, 0) > 0:
            left[text] -= 1
            back = story.simulator.NotSent(job.message_id, job.attempt, code, "No.", False, story.simulator.now_ms())
            return [back]
        return story.simulator.all_goes_well(job)

    story.host.script = script


def went(story: Any, chat: str) -> Any:
    """What arrived in a chat, in order."""
    arrived = [job for job in story.host.submitted if job.chat == f"{chat[1:]}@s.whatsapp.net"]
    return [words(job.letter.content) for job in arrived]


async def test_other_chats_flow_past_and_its_own_goes_on_in_order(worker: Any, story: Any) -> None:
    fails(story, "bad", times=4)
    bad = await story.say("bad", to=BOB)
    await story.eventually(lambda: story.host.submitted)
    behind = [await story.say(f"{place}", to=BOB) for place in range(5)]
    others = [await story.say(f"{place}", to=CAROL) for place in range(5)]
    for each in [*others, bad, *behind]:
        await story.until(each, "read")
    assert went(story, CAROL) == [f"{place}" for place in range(5)]
    assert went(story, BOB) == ["bad"] * 5 + [f"{place}" for place in range(5)]
    assert (await story.until(bad, "read")).error is None


async def test_it_ends_as_failed_and_its_chat_goes_on(worker: Any, story: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(parking, "gives_up", lambda strikes, _: strikes > 3)
    monkeypatch.setattr("messageapi.messages.following.settle.gives_up", lambda strikes, _: strikes > 3)
    fails(story, "bad")
    bad = await story.say("bad")
    await story.eventually(lambda: story.host.submitted)
    behind = await story.say("behind")
    seen = await story.until(bad, "failed")
    assert seen.error
    assert seen.error.code == "retries_exhausted"
    await story.until(behind, "read")
    assert story.host.texts() == ["bad"] * 4 + ["behind"]
    told = [event["data"]["status"] for event in await story.told() if event["data"].get("messageId") == bad]
    assert told == ["accepted", "failed"]


async def test_an_urgent_message_of_the_same_chat_passes(worker: Any, story: Any) -> None:
    fails(story, "bad")
    await story.say("bad")
    await story.eventually(lambda: story.host.submitted)
    await story.until(await story.say("123456", priority="high"), "read")


async def test_one_that_a_host_cannot_even_take_is_found_among_many(worker: Any, story: Any) -> None:
    story.host.breaks = lambda job: words(job.letter.content) == "bad"
    await story.set_number(story.number, state="reconnecting")
    ids = {text: await story.say(text, to=to) for text, to in (("0", BOB), ("bad", BOB), ("1", BOB), ("2", CAROL))}
    await story.set_number(story.number, state="connected")
    for text in ("0", "2"):
        await story.until(ids[text], "read")
    assert story.host.texts() == ["0", "2"]
    waiting = await story.until(ids["bad"], "accepted")
    assert waiting.error
    assert waiting.error.code == "hand_over_failed"
    story.host.breaks = lambda _: False
    for text in ("bad", "1"):
        await story.until(ids[text], "read")
    assert went(story, BOB) == ["0", "bad", "1"]


async def test_after_a_restart_it_still_waits_and_others_still_pass(
    worker: Any, another_worker: Any, story: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(parking, "FIRST_PAUSE_MS", 600_000)
    fails(story, "bad")
    bad = await story.say("bad")
    await story.eventually(lambda: story.host.submitted)
    behind = await story.say("behind")
    await worker.stop()
    await another_worker()
    await story.until(await story.say("fine", to=CAROL), "read")
    assert story.host.texts() == ["bad", "fine"]
    for each in (bad, behind):
        assert (await story.until(each, "accepted")).status == "accepted"
