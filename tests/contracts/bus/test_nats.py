"""NATS alone: several connections, restarts of the server, a changed token, an unreachable address."""

import asyncio
import os
import signal
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from nats.aio.client import Client

from messageapi.bus import nats
from messageapi.bus import server as server_module
from messageapi.bus.nats import NatsBus, connect
from messageapi.bus.port import BusError, Reply
from messageapi.bus.server import NatsServer
from messageapi.vocab.ports import OWN

SOON = 20.0


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[NatsServer]:
    made = NatsServer()
    await made.start(tmp_path / "nats")
    yield made
    await made.stop()


@pytest.fixture
async def pair(server: NatsServer) -> AsyncIterator[tuple[NatsBus, NatsBus]]:
    """Two processes' worth of connections; the second one answers on `echo`."""
    first, second = await connect(server.url), await connect(server.url)

    async def echo(_: str, payload: bytes, reply: Reply | None) -> None:
        assert reply is not None
        await reply(payload)

    await second.subscribe("echo", echo)
    yield first, second
    await first.close()
    await second.close()


async def answered(bus: NatsBus) -> bytes:
    """Ask until it is answered again."""
    async with asyncio.timeout(SOON):
        while True:
            try:
                return await bus.ask("echo", b"hi", deadline_s=0.5)
            except BusError as problem:
                if problem.code not in {"no_answer", "no_listener", "unreachable"}:
                    raise
                await asyncio.sleep(0.01)  # an unreachable bus says so at once


async def refused(bus: NatsBus) -> None:
    async with asyncio.timeout(SOON):
        await bus._refused.wait()


@pytest.mark.parametrize("url", ["", "nats://host:port", "nats://127.0.0.1:99999", "nats://token@[::"])
async def test_an_address_that_is_none_is_said_at_once_and_without_its_token(url: str) -> None:
    with pytest.raises(BusError, match="MESSAGEAPI_NATS_URL") as problem:
        await connect(url)
    assert (problem.value.code, problem.value.permanent) == ("unreachable", True)
    assert "token" not in problem.value.detail


async def test_what_one_connection_asks_the_other_answers(pair: tuple[NatsBus, NatsBus]) -> None:
    assert await pair[0].ask("echo", b"hi", deadline_s=SOON) == b"hi"


async def test_a_killed_server_comes_back_and_subscriptions_with_it(
    server: NatsServer, pair: tuple[NatsBus, NatsBus]
) -> None:
    killed, url = server.pid, server.url
    assert killed
    os.kill(killed, signal.SIGKILL)
    assert await answered(pair[0]) == b"hi"
    assert server.restarts == 1
    assert server.url == url
    assert server.pid != killed


async def test_whoever_waits_for_an_answer_hears_of_a_lost_connection(
    server: NatsServer, pair: tuple[NatsBus, NatsBus]
) -> None:
    asked = asyncio.Event()

    async def silent(_: str, __: bytes, ___: Reply | None) -> None:
        asked.set()

    await pair[1].subscribe("silent", silent)
    asking = asyncio.create_task(pair[0].ask("silent", b"", deadline_s=600))
    await asked.wait()
    assert server.pid
    os.kill(server.pid, signal.SIGKILL)
    with pytest.raises(BusError) as told:
        await asyncio.wait_for(asking, SOON)
    assert told.value.code == "no_answer"


async def test_a_server_that_revokes_us_gets_us_back_when_it_changes_its_mind(
    server: NatsServer, pair: tuple[NatsBus, NatsBus], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats, "LONGEST_PAUSE_S", 0.05)
    assert server.pid
    ours = server.config.read_text()
    server.config.write_text(ours.replace("token: ", "token: other"))
    os.kill(server.pid, signal.SIGHUP)
    await refused(pair[0])
    await refused(pair[1])
    server.config.write_text(ours)
    os.kill(server.pid, signal.SIGHUP)
    assert await answered(pair[0]) == b"hi"


async def test_a_connection_that_ends_while_it_is_made_again_is_made_once(
    pair: tuple[NatsBus, NatsBus], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats, "LONGEST_PAUSE_S", 0.05)
    attach, given = nats._Listener.attach, list[Client]()

    async def attach_late(listener: nats._Listener, client: Client) -> None:
        given.append(client)
        if len(given) == 1:
            await client.close()
        await attach(listener, client)

    monkeypatch.setattr(nats._Listener, "attach", attach_late)
    await pair[1].client.close()
    assert await answered(pair[0]) == b"hi"
    reviving = [task for task in asyncio.all_tasks() if task.get_name() == "bus-revive"]
    await asyncio.wait_for(asyncio.gather(*reviving), SOON)
    assert [client.is_closed for client in given] == [True, False]


async def test_a_wrong_token_is_refused_at_once(server: NatsServer) -> None:
    with pytest.raises(BusError) as told:
        await connect(server.url.replace("nats://", "nats://wrong"))
    assert told.value.code == "unreachable"
    assert told.value.permanent
    assert "token" in told.value.detail
    assert "wrong" not in told.value.detail
    assert "bus-revive" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_an_address_where_nobody_listens_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nats, "CONNECT_DEADLINE_S", 0.3)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(BusError) as told:
            await connect(f"nats://secret@127.0.0.1:{free.getsockname()[1]}")
    assert told.value.code == "unreachable"
    assert not told.value.permanent
    assert "secret" not in str(told.value)
    assert "bus-revive" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_the_server_listens_on_loopback_and_keeps_its_token_to_itself(server: NatsServer) -> None:
    process = psutil.Process(server.pid)
    listening = [each.laddr.ip for each in process.net_connections("inet") if each.status == psutil.CONN_LISTEN]
    token = server.url.removeprefix("nats://").partition("@")[0]
    assert listening == ["127.0.0.1"]
    assert not [word for word in process.cmdline() if token in word]
    assert token not in str(process.environ())
    assert stat.S_IMODE(server.config.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.config.parent.stat().st_mode) == 0o700


async def test_the_server_takes_no_port_that_is_given_to_whoever_connects(server: NatsServer) -> None:
    assert int(server.url.rpartition(":")[2]) in OWN


async def test_a_server_that_finds_no_port_of_its_own_takes_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setattr(server_module, "own_ports", lambda _most: [taken.getsockname()[1]])
        made = NatsServer()
        bus = await connect(await made.start(tmp_path / "nats"))
        await bus.ping()
        await bus.close()
        await made.stop()


async def test_a_stopped_server_is_gone_and_stays_gone(server: NatsServer) -> None:
    process = psutil.Process(server.pid)
    await server.stop()
    assert not process.is_running()
    assert server.restarts == 0
    assert not server.config.exists()


async def test_two_servers_get_ports_of_their_own(server: NatsServer, tmp_path: Path) -> None:
    other = NatsServer()
    assert await other.start(tmp_path / "other") != server.url
    await other.stop()


async def test_a_missing_program_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messageapi.bus.server.sysconfig.get_path", lambda _: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BusError) as told:
        await NatsServer().start(tmp_path / "nats")
    assert told.value.code == "no_server"
    assert "pip install" in told.value.detail
