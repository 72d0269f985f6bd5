"""Waiting for WhatsApp's word about a message: a bell wakes the waiter, a slow poll is the net under it."""

import asyncio

from messageapi.bus.subjects import BELL_MESSAGE
from messageapi.messages import find
from messageapi.messages.find import Word
from messageapi.messages.states import SETTLED
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

POLL_S = 1.0
FIRST_LOOK_S = 0.2
"""Whoever waits has just sent, so the first thing to come is the bell: a look before it would be for nothing."""


async def until_settled(doors: Doors, caller: Caller, message_id: str, timeout_s: float) -> Word:
    """The message as soon as it is settled, or as it is when the time is over. Raise Problem message_not_found."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + timeout_s
    with doors.bells.expect(BELL_MESSAGE, message_id) as bell:
        await bell.wait(min(FIRST_LOOK_S, timeout_s))
        while True:
            seen = await find.word(doors, caller, message_id)
            left = ends - loop.time()
            if seen.status in SETTLED or left <= 0:
                return seen
            await bell.wait(min(POLL_S, left))
