"""A closed-loop HTTP load generator: N callers, each sends its next request when the answer to the last has come.

A raw protocol with requests built beforehand: the generator shares the machine with what it measures, so it must cost
little. Meant for answers with a Content-Length, one at a time on a connection.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from bench.told import percentiles

DEADLINE_S = 60.0
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass
class Result:
    """Latencies in seconds, in order of completion."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: list[bytes] = field(default_factory=list)
    started: float = 0.0  # wall clock, to set against times other processes wrote down

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def figures(self) -> dict[str, float]:
        """Rate, and milliseconds at the usual percentiles."""
        shown = percentiles([seconds * 1000 for seconds in self.latencies], digits=2)
        return {"requests": len(self.latencies), "per_second": round(self.rate, 1), **shown}


def request(host: str, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """One HTTP/1.1 request as bytes."""
    head = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(head).encode() + _END_OF_HEAD + body


class Connection(asyncio.Protocol):
    """One connection that is kept open, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._data = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    @classmethod
    async def open(cls, host: str, port: int) -> "Connection":
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    async def ask(self, payload: bytes, deadline_s: float = DEADLINE_S) -> tuple[int, bytes]:
        """Status and body. Raise ConnectionError when the other side is gone, TimeoutError when it says nothing."""
        if self._transport is None:
            raise ConnectionResetError("the connection is closed")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(payload)
        return await asyncio.wait_for(self._answer, deadline_s)

    @property
    def closed(self) -> bool:
        return self._transport is None

    def close(self) -> None:
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        self._data += data
        end = self._data.find(_END_OF_HEAD)
        if end < 0:
            return
        head, size = self._data[:end], _body_size(self._data[:end])
        body = self._data[end + len(_END_OF_HEAD) :]
        if len(body) < size:
            return
        self._data = b""
        if self._answer and not self._answer.done():
            self._answer.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the connection was closed"))


def _body_size(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.find(_LENGTH)
    if at < 0:
        return 0
    end = lowered.find(b"\r\n", at)
    return int(lowered[at + len(_LENGTH) : end if end > 0 else None])


Address = tuple[str, int]
Plans = Sequence[Iterator[bytes]]


def shared(callers: int, requests: Iterable[bytes]) -> Plans:
    """Each caller takes the next of all requests."""
    return [iter(requests)] * callers


async def run(address: Address, plans: Plans, *, keep: bool = False) -> Result:
    """One caller for each plan; `keep` collects the answers' bodies. Requests are made while nobody waits for them."""
    result = Result(started=time.time())
    connections = [await Connection.open(*address) for _ in plans]

    async def caller(connection: Connection, plan: Iterator[bytes]) -> None:
        for payload in plan:
            start = time.perf_counter()
            status, body = await connection.ask(payload)
            result.latencies.append(time.perf_counter() - start)
            result.statuses[status] += 1
            if keep:
                result.bodies.append(body)

    start = time.perf_counter()
    await asyncio.gather(*map(caller, connections, plans))
    result.seconds = time.perf_counter() - start
    for connection in connections:
        connection.close()
    return result
