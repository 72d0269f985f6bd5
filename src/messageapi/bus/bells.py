"""Doorbells: a ring says only "look again at this key". One that is lost costs a poll interval, never a message."""

import asyncio
import contextlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator

from messageapi.bus.port import Bus, BusError, Reply, Subscription
from messageapi.logs import log

WAITING_LIMIT = 20_000  # rings not yet published; beyond, the polls of the others are the net
KEYS_PER_MESSAGE = 1_000

Listener = Callable[[str], None]


class Bell:
    """Rung or not since it was hung up."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self, _: str) -> None:
        self._event.set()

    async def wait(self, timeout_s: float) -> bool:
        """True when it rang; then it is silent again."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Bells:
    """Rings reach this process at once; with `remote` also every other process on the bus, in batches."""

    def __init__(self, bus: Bus, remote: bool) -> None:
        self._bus = bus
        self._remote = remote
        self._me = secrets.token_bytes(8).hex().encode()
        self._by_key: dict[tuple[str, str], set[Bell]] = defaultdict(set)
        self._by_subject: dict[str, list[Listener]] = defaultdict(list)
        self._subscriptions: dict[str, asyncio.Task[Subscription | None]] = {}
        self._outgoing: dict[tuple[str, str], None] = {}  # a set that keeps its order
        self._publishing: asyncio.Task[None] | None = None

    def ring(self, subject: str, key: str) -> None:
        """Never waits and never fails."""
        self._sound(subject, key)
        if self._remote and len(self._outgoing) < WAITING_LIMIT:
            self._outgoing[subject, key] = None
            if self._publishing is None or self._publishing.done():
                self._publishing = asyncio.create_task(self._publish(), name="bells")

    def nudge(self, subject: str, key: str) -> bool:
        """Ring in this process only, for something that is about to happen; False when nobody here listens."""
        self._sound(subject, key)
        return bool(self._by_subject.get(subject))

    @contextlib.contextmanager
    def expect(self, subject: str, key: str) -> Iterator[Bell]:
        """Hang up the bell first, look second, wait third: then no ring is missed."""
        self._hear(subject)
        bell = Bell()
        self._by_key[subject, key].add(bell)
        try:
            yield bell
        finally:
            bells = self._by_key[subject, key]
            bells.discard(bell)
            if not bells:
                del self._by_key[subject, key]

    async def wait(self, subject: str, key: str, timeout_s: float) -> bool:
        """True when it rang. A ring before the call is not seen: see `expect`."""
        with self.expect(subject, key) as bell:
            return await bell.wait(timeout_s)

    def listen(self, subject: str, callback: Listener) -> Callable[[], None]:
        """Call back for every key rung on `subject` until the returned function is called."""
        self._hear(subject)
        listeners = self._by_subject[subject]
        listeners.append(callback)

        def stop() -> None:
            with contextlib.suppress(ValueError):
                listeners.remove(callback)

        return stop

    async def ready(self) -> None:
        """Until what is listened to is also heard from other processes."""
        await asyncio.gather(*self._subscriptions.values())

    async def close(self) -> None:
        if self._publishing:
            await asyncio.wait({self._publishing}, timeout=2)
        for subscribing in list(self._subscriptions.values()):
            subscription = await subscribing
            if subscription:
                await subscription.stop()
        self._subscriptions.clear()

    def _sound(self, subject: str, key: str) -> None:
        for bell in self._by_key.get((subject, key), ()):
            bell.ring(key)
        for callback in tuple(self._by_subject.get(subject, ())):
            try:
                callback(key)
            except Exception as problem:  # noqa: BLE001 - one deaf listener must not silence the others
                log("bells").error("listener_failed", subject=subject, cause=type(problem).__name__)

    def _hear(self, subject: str) -> None:
        if self._remote and subject not in self._subscriptions:
            self._subscriptions[subject] = asyncio.create_task(self._subscribe(subject), name="bells-subscribe")

    async def _subscribe(self, subject: str) -> Subscription | None:
        try:
            return await self._bus.subscribe(subject, self._arrived)
        except BusError as problem:
            log("bells").warning("not_heard_from_others", subject=subject, code=problem.code)
            del self._subscriptions[subject]  # whoever listens next tries again
            return None

    async def _arrived(self, subject: str, payload: bytes, _reply: Reply | None) -> None:
        sender, _, keys = payload.partition(b"\n")
        if sender != self._me:  # our own rings were sounded here at once
            for key in keys.decode().split("\n"):
                self._sound(subject, key)

    async def _publish(self) -> None:
        while self._outgoing:
            by_subject: dict[str, list[str]] = defaultdict(list)
            for subject, key in list(self._outgoing)[:KEYS_PER_MESSAGE]:
                del self._outgoing[subject, key]
                by_subject[subject].append(key)
            for subject, keys in by_subject.items():
                try:
                    await self._bus.publish(subject, self._me + b"\n" + "\n".join(keys).encode())
                except BusError as problem:
                    log("bells").warning("not_rung_at_others", subject=subject, code=problem.code)
