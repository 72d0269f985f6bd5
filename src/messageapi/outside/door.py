"""The door itself: rules once, then `fetch`, `post` and `run`."""

import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from aiohttp.abc import AbstractResolver

from messageapi.outside.addresses import Network, allowed, networks
from messageapi.outside.connector import GuardedConnector, OwnThreads
from messageapi.outside.errors import OutsideError
from messageapi.outside.fetch import Answer, Fetcher
from messageapi.outside.post import KEPT_S, Posted, Poster
from messageapi.outside.programs import Bounds, Programs
from messageapi.outside.urls import checked, is_forbidden_literal

DEFAULT_PORTS = frozenset({80, 443, 8443})


@dataclass(frozen=True, slots=True)
class Rules:
    """Where a customer's URL may lead. `private`: networks the operator opens although they are not public."""

    ports: frozenset[int] = DEFAULT_PORTS
    private: tuple[Network, ...] = ()
    tls: ssl.SSLContext | bool = True
    resolver: Callable[[], AbstractResolver] = OwnThreads

    @classmethod
    def read(cls, ports: str, private: str) -> "Rules":
        """From the settings' texts. Raise ValueError when one is not a list of what it should be."""
        chosen = frozenset(int(port) for port in ports.split(",") if port.strip())
        if not all(1 <= port <= 65535 for port in chosen):
            raise ValueError(f"{ports} are not ports")
        return cls(ports=chosen, private=networks(private))


class Outside:
    """Costs nothing until it is used; then it belongs to the loop it was used in."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._fetcher: Fetcher | None = None
        self._poster: Poster | None = None
        self._programs: Programs | None = None

    def check(self, url: str) -> None:
        """Raise OutsideError for what can be seen to be no address to visit without asking anybody."""
        if is_forbidden_literal(checked(url, self._rules.ports), self._may_reach):
            raise OutsideError("address_forbidden", "The URL leads into a network that is not reached from here.")

    def fetch(self, url: str, *, limit_bytes: int, deadline_s: float) -> AbstractAsyncContextManager[Answer]:
        """A file from a customer's URL: `async with ... as answer`, `async for chunk in answer`. Raise OutsideError."""
        if self._fetcher is None:
            connector = GuardedConnector(self._may_reach, self._rules.resolver(), self._rules.tls)
            self._fetcher = Fetcher(connector, self._rules.ports)
        return self._fetcher.fetch(url, limit_bytes=limit_bytes, deadline_s=deadline_s)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, deadline_s: float) -> Posted:
        """Whatever the customer's server says, redirects included. Raise OutsideError when it says nothing.

        How many are under way at once is for the caller to bound.
        """
        if self._poster is None:
            resolver = self._rules.resolver()
            connector = GuardedConnector(self._may_reach, resolver, self._rules.tls, at_once=0, kept_s=KEPT_S)
            self._poster = Poster(connector, self._rules.ports)
        return await self._poster.post(url, body, headers, deadline_s)

    async def run(self, command: Sequence[str], given: AsyncIterator[bytes], bounds: Bounds) -> bytes:
        """What a program says about a file. Raise OutsideError."""
        if self._programs is None:
            self._programs = Programs()
        return await self._programs.run(command, given, bounds)

    def _may_reach(self, address: str) -> bool:
        return allowed(address, self._rules.private)

    async def close(self) -> None:
        if self._fetcher:
            await self._fetcher.close()
        if self._poster:
            await self._poster.close()
