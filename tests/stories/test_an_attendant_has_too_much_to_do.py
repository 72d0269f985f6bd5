"""What a number does by itself is given up behind too much of it: events that wait do not fill the memory."""

import asyncio
from typing import Any

import pytest

from messageapi.engines.port import Inbound, MarkRead
from messageapi.numbers.observe import Observed
from messageapi.vocab.content import Letter, Text
from messageapi.workers import attendant
from messageapi.workers.attendant import Attendant

ANNA = "4915123456789@s.whatsapp.net"


def hello(wa_id: str) -> Inbound:
    return Inbound(wa_id, ANNA, ANNA, "", "", "Anna", "text", Letter(content=Text("Hello")), 1_790_000_000_000)


async def test_what_is_attended_to_counts_until_it_is_over(story: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attendant, "MOST_WAITING", 2)
    await story.set_number(story.number, auto_read=True)
    answering = asyncio.Event()
    tell = story.host.bus.ask

    async def slow(*given: Any, **named: Any) -> Any:
        await answering.wait()
        return await tell(*given, **named)

    monkeypatch.setattr(story.host.bus, "ask", slow)
    one = Attendant(story.doors)

    def take(*wa_ids: str) -> None:
        one.take([Observed(story.number, story.alice.account_id, hello(each)) for each in wa_ids])

    take("A1", "A2")
    await one.turn()
    take("TOO", "MUCH")
    answering.set()
    await one.settled()
    take("A3")
    await one.turn()
    await one.settled()
    assert [each.wa_ids for each in story.host.told if isinstance(each, MarkRead)] == [["A1", "A2"], ["A3"]]
    await one.stop()
