"""One stream: what was missed, then what happens, until the listener leaves or has to."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import NamedTuple

from messageapi.errors import DoorError
from messageapi.live import frames
from messageapi.live.listener import Listener
from messageapi.live.place import Place, cursor
from messageapi.live.portion import portion
from messageapi.live.seats import Seats
from messageapi.live.tails import Tail, Tails
from messageapi.store.vault import Sealer
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

HEARTBEAT_S = 15.0


class Live(NamedTuple):
    """What all who listen in one process share."""

    doors: Doors
    tails: Tails
    seats: Seats

    async def close(self) -> None:
        """All streams say goodbye and end."""
        await self.seats.close()
        await self.tails.close()


def live(doors: Doors) -> Live:
    return Live(doors, Tails(doors), Seats(doors))


async def stream(shared: Live, caller: Caller, listener: Listener, begin: Place | None) -> AsyncGenerator[bytes, None]:
    """Pieces of text/event-stream. `begin`: behind what the caller has already; None for what comes from now on."""
    with shared.seats.taken(caller, listener):
        async with shared.tails.follow(caller.account_id) as tail:
            sealer = await shared.doors.keyring.sealer(caller.account_id)
            line = _Line(shared.doors, caller, listener, tail, sealer)
            listener.passed = tail.position if begin is None else begin.seq
            yield frames.hello(line.cursor()) if begin is None or not begin.gone else frames.gone()
            try:
                async for piece in line.missed():
                    yield piece
                with tail.joined(listener):
                    async for piece in line.coming():
                        yield piece
            except DoorError:
                listener.end("unavailable")
            yield frames.bye(listener.why or "unavailable")


class _Line(NamedTuple):
    doors: Doors
    caller: Caller
    listener: Listener
    tail: Tail
    sealer: Sealer

    def cursor(self) -> str:
        return cursor(self.sealer, self.listener.passed, self.doors.clock())

    async def missed(self) -> AsyncIterator[bytes]:
        """Until nothing lies between the listener and the tail: nobody else runs before it joins."""
        listener = self.listener
        while listener.passed < self.tail.position and listener.why is None:
            span = (listener.passed, self.tail.position)
            events, listener.passed = await portion(self.doors, self.caller, listener.wanted, span)
            if events:
                yield frames.framed(events)

    async def coming(self) -> AsyncIterator[bytes]:
        listener = self.listener
        while listener.why is None:
            if not await listener.wait(HEARTBEAT_S):
                yield frames.heartbeat(self.cursor())
            elif events := listener.take():
                yield frames.framed(events)
