"""Starts engine hosts, pairing hosts and the sandbox network, starts them again when they end, stops them in time."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection

import msgspec

from messageapi import logs
from messageapi.bus import subjects
from messageapi.bus.port import Bus, BusError, Reply, Subscription
from messageapi.engines.port import Done, HostBeat, HostGone, Network, Refused, Spawned, SpawnPairing
from messageapi.vocab.ids import new_id
from messageapi.workers.loop import Loop
from messageapi.workers.processes.children import Child, ChildError
from messageapi.workers.processes.keeper import Keeper
from messageapi.workers.processes.kept_host import KeptHost
from messageapi.workers.processes.recipes import Recipes

MOST_PAIRINGS = 8  # each is a process with the protocol library in it
PAIRING_LIFE_S = 180.0
RELEASE_GRACE_S = 2.5
STOP_GRACE_S = 3.0
SANDBOX_GRACE_S = 1.0
SANDBOX_READY_S = 20.0
WATCH_EVERY_S = 3.0

InUse = Callable[[], Awaitable[Collection[Network]]]
_beats = msgspec.msgpack.Decoder(HostBeat)
_spawns = msgspec.msgpack.Decoder(SpawnPairing)
_log = logs.log("supervisor")


class Supervisor:
    """All children of one machine. `in_use`: the networks whose hosts are to run from the start."""

    def __init__(self, bus: Bus, recipes: Recipes, in_use: InUse, *, hosts: int = 1, sandbox: bool = False) -> None:
        self._bus = bus
        self._recipes = recipes
        self._in_use = in_use
        self._hosts_each = hosts
        self._sandbox = Keeper(recipes.sandbox, self._sandbox_ended) if sandbox else None
        self._hosts: dict[Network, list[KeptHost]] = {}
        self._pairings: dict[str, _Pairing] = {}
        self._starting_pairings = 0
        self._subscriptions: list[Subscription] = []
        self._watch = Loop("hosts", self._end_hung, WATCH_EVERY_S)
        self._watched_at = 0.0
        self._stopping = False

    async def start(self) -> None:
        """The sandbox first, for hosts read its keys; then hosts and the ear for linking."""
        if self._sandbox:
            self._sandbox.start()
            if not await self._sandbox.ready(SANDBOX_READY_S):
                _log.error("the sandbox network is not running; its log lines above say why")
        self._subscriptions = [
            await self._bus.subscribe(subjects.BEATS, self._on_beat),
            await self._bus.subscribe(subjects.SPAWN_PAIRING, self._on_spawn, queue="supervisor", concurrent=True),
        ]
        for network in await self._in_use():
            self.use(network)
        self._watch.start()

    async def stop(self) -> None:
        """Hosts first, so that their sessions end in order; the network they speak to last."""
        self._stopping = True
        await self._watch.stop()
        for subscription in self._subscriptions:
            await subscription.stop()
        hosts = [host.keeper.stop(STOP_GRACE_S) for host in self._every_host()]
        await asyncio.gather(*hosts, *(pairing.end(0.0) for pairing in list(self._pairings.values())))
        if self._sandbox:
            await self._sandbox.stop(SANDBOX_GRACE_S)

    def use(self, network: Network) -> None:
        """Keep this network's engine hosts running from now on."""
        if network in self._hosts or self._stopping:
            return
        hosts = [KeptHost(network, self._recipes, self._announce_gone) for _ in range(self._hosts_each)]
        self._hosts[network] = hosts
        for host in hosts:
            host.keeper.start()

    def _every_host(self) -> list[KeptHost]:
        return [host for hosts in self._hosts.values() for host in hosts]

    async def _on_beat(self, _: str, payload: bytes, __: Reply | None) -> None:
        host_id = _beats.decode(payload).host_id
        for host in self._every_host():
            if host.id == host_id:
                host.heard()

    async def _end_hung(self) -> None:
        """Silence proves nothing while the bus is away or we were held up ourselves."""
        now = asyncio.get_running_loop().time()
        late, self._watched_at = now - self._watched_at > 2 * WATCH_EVERY_S, now
        try:
            await self._bus.ping()
        except BusError:
            late = True
        for host in self._every_host():
            if late:
                host.heard()
            else:
                await host.end_if_hung()

    async def _sandbox_ended(self, _: str) -> None:
        """Sessions notice by themselves and come back with it."""

    async def _announce_gone(self, gone: HostGone) -> None:
        with contextlib.suppress(BusError):  # silence tells the same, ten seconds later
            await self._bus.publish(subjects.HOSTS_GONE, msgspec.msgpack.encode(gone))

    # --- pairing hosts ---------------------------------------------------------------------------------------------

    async def _on_spawn(self, _: str, payload: bytes, reply: Reply | None) -> None:
        network = _spawns.decode(payload).network
        self.use(network)  # the long-lived host is up by the time the phone has linked
        answer = await self._spawn_pairing(network)
        if reply:
            await reply(msgspec.msgpack.encode(answer))

    async def _spawn_pairing(self, network: Network) -> Spawned | Refused:
        if self._stopping:
            return Refused("stopping", "the supervisor is stopping")
        if len(self._pairings) + self._starting_pairings >= MOST_PAIRINGS:
            return Refused("too_many_links", f"{MOST_PAIRINGS} numbers are being linked")
        host_id = new_id("hst")
        self._starting_pairings += 1
        try:
            child = await Child.start(self._recipes.host(host_id, "pairing", network))
        except ChildError as problem:
            _log.error("no pairing host", network=network, code=problem.code, detail=problem.detail)
            return Refused(problem.code, problem.detail)
        finally:
            self._starting_pairings -= 1
        await self._look_after(host_id, network, child)
        return Spawned(host_id)

    async def _look_after(self, host_id: str, network: Network, child: Child) -> None:
        pairing = _Pairing(child)

        async def on_release(_: str, __: bytes, reply: Reply | None) -> None:
            await pairing.end(RELEASE_GRACE_S)
            if reply:
                await reply(msgspec.msgpack.encode(Done()))

        async def ended() -> None:
            self._pairings.pop(host_id, None)
            await self._announce_gone(HostGone(host_id, network, "exited"))

        ear = await self._bus.subscribe(subjects.release(host_id), on_release, concurrent=True)
        self._pairings[host_id] = pairing
        pairing.watch(ended, ear)


class _Pairing:
    """A pairing host, killed after its time: a session that never pairs cannot be ended in any other way."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._over = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    def watch(self, ended: Callable[[], Awaitable[None]], ear: Subscription) -> None:
        self._watching = asyncio.create_task(self._watch(ended, ear), name=f"pairing-{self._child.pid}")

    async def _watch(self, ended: Callable[[], Awaitable[None]], ear: Subscription) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAIRING_LIFE_S):
                await self._child.wait()
        await self._child.kill()
        await ended()
        self._over.set()
        await ear.stop()  # after `over`: whoever asked for the end is answered first

    async def end(self, grace_s: float) -> None:
        """Return when it is gone and everybody was told."""
        await self._child.stop(grace_s)
        await self._over.wait()
