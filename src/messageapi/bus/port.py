"""The bus port: publish, subscribe, ask.
Implemented by NATS core and by an in-memory twin that keeps the same contract.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from messageapi.errors import DoorError


class BusError(DoorError):
    """Codes: no_answer (deadline passed or connection lost), no_listener (nobody subscribes), closed, too_large (over
    1 MiB), unreachable (no connection), bad_subject, no_server (the bundled one is missing or does not start).
    """


Reply = Callable[[bytes], Awaitable[None]]
Handler = Callable[[str, bytes, Reply | None], Awaitable[None]]
"""subject, payload, and how to answer when an answer is wanted."""


class Subscription(Protocol):
    async def stop(self) -> None: ...


class Bus(Protocol):
    """Messages of one subscription arrive in order; its handler is awaited for each before the next."""

    async def publish(self, subject: str, payload: bytes) -> None: ...

    async def ask(self, subject: str, payload: bytes, *, deadline_s: float) -> bytes:
        """Raise BusError(no_answer | no_listener | closed)."""

    async def subscribe(
        self, subject: str, handler: Handler, *, queue: str = "", concurrent: bool = False
    ) -> Subscription:
        """`queue`: one member of the group gets each message. `concurrent`: do not wait for the handler."""

    async def ping(self) -> None: ...

    async def close(self) -> None: ...
