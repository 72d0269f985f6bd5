"""Ports of a network: those of last time while they are free, and none that is given to whoever connects."""

import asyncio
import socket

import pytest

from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.server.transport import ports
from messageapi.vocab.ports import OWN


async def listen(port: int) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", port)


async def chosen(*, wanted: int = 0, remembered: int = 0) -> int:
    async with await ports.bind(listen, wanted, remembered) as server:
        return ports.port_of(server)


async def test_a_first_start_takes_no_port_that_is_given_to_whoever_connects() -> None:
    assert await chosen() in OWN


async def test_a_later_start_takes_the_port_of_last_time() -> None:
    port = await chosen()
    assert await chosen(remembered=port) == port


async def test_a_port_of_last_time_that_is_taken_is_given_up() -> None:
    async with await ports.bind(listen, 0, 0) as other:
        taken = ports.port_of(other)
        assert await chosen(remembered=taken) in set(OWN) - {taken}


async def test_where_all_of_them_are_taken_any_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(ports, "own_ports", lambda _most: [taken.getsockname()[1]])
        assert await chosen()


async def test_a_port_that_was_asked_for_and_is_taken_is_refused() -> None:
    async with await ports.bind(listen, 0, 0) as other:
        with pytest.raises(SandboxError, match="is in use"):
            await chosen(wanted=ports.port_of(other))
