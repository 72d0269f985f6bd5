"""One answer to a request that polls: what was missed, or what comes while it waits."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import NamedTuple

from messageapi.errors import Problem
from messageapi.live.listener import Event, Listener
from messageapi.live.place import cursor
from messageapi.live.portion import portion
from messageapi.live.stream import Live
from messageapi.vocab.caller import Caller

Left = Callable[[], Coroutine[object, object, None]]
"""Returns when nobody is there any more to take an answer."""


class Answer(NamedTuple):
    """`next`: where to go on."""

    events: list[Event]
    next: str


class Wish(NamedTuple):
    """`begin`: behind it, None for now. `limit`: at most so many. `wait`: seconds, while there is nothing."""

    begin: int | None
    limit: int
    wait: int


async def answer(shared: Live, caller: Caller, listener: Listener, wish: Wish, left: Left) -> Answer:
    with shared.seats.taken(caller, listener):
        async with shared.tails.follow(caller.account_id) as tail:
            listener.passed = tail.position if wish.begin is None else wish.begin
            events: list[Event] = []
            while not events and listener.passed < tail.position:
                span = (listener.passed, tail.position)
                found = await portion(shared.doors, caller, listener.wanted, span, wish.limit)
                events, listener.passed = found
            reached = listener.passed
            if not events and wish.wait:
                with tail.joined(listener):
                    began = listener.passed
                    await _waited(listener, wish.wait, left)
                    events = listener.take(wish.limit)
                    reached = listener.passed if listener.empty else events[-1].seq
                if listener.why is not None:  # what waited was dropped
                    reached = began
    if listener.why == "key_ended":
        raise Problem("key_revoked", 401, "This API key was revoked. Create a new one and use that.")
    sealer = await shared.doors.keyring.sealer(caller.account_id)
    return Answer(events, cursor(sealer, reached, shared.doors.clock()))


async def _waited(listener: Listener, seconds: float, left: Left) -> None:
    """Until there is something, or the time is over, or nobody is there any more to take it."""
    either = asyncio.create_task(listener.wait(seconds)), asyncio.create_task(left())
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in either:
            one.cancel()
