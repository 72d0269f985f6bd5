"""Connections break, hosts die, workers restart and messages cannot go: each chain still leaves in its order, once."""

import random
from collections import Counter, defaultdict
from typing import Any

import pytest

from messageapi.messages.queue import order, parking
from messageapi.vocab.content import words

CHATS = ("+12025550123", "+12025550124", "+12025550125")
PRIORITIES = ("high", "normal", "low")
MESSAGES = 60


class Troubles:
    """Decides what becomes of each job, and remembers what arrived. The same seed makes the same troubles."""

    def __init__(self, story: Any, seed: int) -> None:
        self.story, self.random = story, random.Random(seed)
        self.arrived: list[Any] = []
        self.failures: Counter[str] = Counter()

    def script(self, job: Any) -> Any:
        simulator = self.story.simulator
        if self.random.random() < 0.15 and self.failures[job.message_id] < 3:
            self.failures[job.message_id] += 1
            return [simulator.NotSent(job.message_id, job.attempt, "media_not_uploaded", "No.", False, 0)]
        self.arrived.append(job)
        return simulator.all_goes_well(job)

    async def move(self, host: Any, epoch: int) -> Any:
        """The host is killed with what it holds; the next one finds its journal."""
        await host.stop()
        story = self.story
        after = await story.simulator.ScriptedHost(story.bus, f"host_{epoch}", self.script).start()
        journal = after.journals[story.number] = host.journals[story.number]
        await story.place(story.number, host_id=after.id, epoch=epoch)
        after.holds(story.number, epoch)
        left, journal.waiting = journal.waiting, []
        for job in left:
            journal.jobs[job.message_id, job.attempt] = "reported"
            journal.write(story.simulator.NotSent(job.message_id, job.attempt, "host_restarted", "It ended.", False, 0))
            journal.went_back(job.chat)
        return after

    def by_chain(self, chain_of: dict[str, Any]) -> dict[Any, list[str]]:
        found: dict[Any, list[str]] = defaultdict(list)
        for job in self.arrived:
            found[chain_of[job.message_id]].append(words(job.letter.content))
        return found


@pytest.mark.parametrize("seed", range(4))
async def test_each_chain_leaves_in_order_whatever_happens(
    another_worker: Any, story: Any, monkeypatch: Any, seed: int
) -> None:
    for module in (order, parking):
        monkeypatch.setattr(module, "FIRST_PAUSE_MS", 5)
        monkeypatch.setattr(module, "LONGEST_PAUSE_MS", 50)
    troubles = Troubles(story, seed)
    host, worker, epoch = story.host, await another_worker(), 1
    host.script = troubles.script
    chain_of: dict[str, Any] = {}
    expected: dict[Any, list[str]] = defaultdict(list)
    for place in range(MESSAGES):
        to, priority = troubles.random.choice(CHATS), troubles.random.choice(PRIORITIES)
        message = await story.say(f"{place}", to=to, priority=priority)
        chain_of[message] = (to, priority)
        expected[to, priority].append(f"{place}")
        trouble = troubles.random.random()
        host.hold = 0.1 < trouble < 0.6
        if not host.hold:
            host.play(story.number)
        if trouble < 0.1:
            host.disconnect(story.number)
            host.connect(story.number)
        elif trouble < 0.15:
            epoch += 1
            host = await troubles.move(host, epoch)
        elif trouble > 0.95:
            await worker.stop()
            worker = await another_worker()
    host.hold = False
    host.play(story.number)
    for message in chain_of:
        await story.until(message, "read")
    assert troubles.by_chain(chain_of) == expected
    await host.stop()


async def test_what_waited_while_the_number_was_away_leaves_by_priority_and_in_order(
    another_worker: Any, story: Any
) -> None:
    await story.set_number(story.number, state="reconnecting")
    said: dict[str, list[str]] = {priority: [] for priority in PRIORITIES}
    last = ""
    for place in range(30):
        priority = PRIORITIES[place % 3]
        text = f"{priority} {place}"
        last = await story.say(text, to=CHATS[place % 2], priority=priority)
        said[priority].append(text)
    await another_worker()
    await story.set_number(story.number, state="connected")
    await story.until(last, "read")
    assert story.host.texts() == said["high"] + said["normal"] + said["low"]
