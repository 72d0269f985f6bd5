"""Posting to a customer's URL: the guard, connections that are used again, answers that do not end."""

import asyncio
import socket
import struct
import threading
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from messageapi.outside.connector import OwnThreads
from messageapi.outside.door import Outside
from messageapi.outside.errors import OutsideError
from messageapi.workers.deliveries import PLACES
from messageapi.workers.places import SHARE

LINES = (Path(__file__).parent / "corpus.txt").read_text("utf-8").splitlines()
CORPUS = [line.encode().decode("unicode_escape") for line in LINES if not line.startswith("#")]


async def outcome(door: Outside, url: str) -> str:
    try:
        return f"answered {(await door.post(url, b'{}', {}, deadline_s=5)).status}"
    except OutsideError as problem:
        return problem.code


async def test_no_url_of_the_corpus_leads_to_a_connection(outside: Any, sink: Any, connects: Any) -> None:
    door = outside([80, 443, sink.port])
    urls = dict.fromkeys(url.replace("{port}", str(sink.port)) for url in CORPUS)
    outcomes = {url: await outcome(door, url) for url in urls}
    assert {url: said for url, said in outcomes.items() if said not in {"bad_url", "address_forbidden"}} == {}
    assert connects == []
    assert sink.taken == 0


async def test_what_can_be_told_without_asking_is_told_when_the_url_is_named(outside: Any) -> None:
    door = outside([80, 443])
    for url in ("http://127.0.0.1/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://169.254.169.254/latest"):
        with pytest.raises(OutsideError) as refused:
            door.check(url)
        assert refused.value.code == "address_forbidden"
    door.check("https://example.com/hook?token=1")
    outside([80], private="127.0.0.0/8").check("http://127.0.0.1/")


async def test_a_connection_is_used_again(outside: Any, serve: Any) -> None:
    peers: set[object] = set()

    async def handler(request: web.Request) -> web.Response:
        assert request.transport
        peers.add(request.transport.get_extra_info("peername"))
        return web.Response(text=await request.text())

    port = await serve(handler)
    door = outside([port], private="127.0.0.0/8")
    for n in range(5):
        posted = await door.post(f"http://127.0.0.1:{port}/", b"%d" % n, {"X-One": "1"}, deadline_s=5)
        assert (posted.status, posted.head) == (200, b"%d" % n)
    assert len(peers) == 1


@pytest.mark.parametrize("rudely", [False, True], ids=["closed", "reset"])
async def test_a_kept_connection_that_was_closed_meanwhile_is_no_failure(outside: Any, rudely: bool) -> None:
    posts = 0

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal posts
        await reader.readuntil(b"{}")
        posts += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await reader.read(1)  # the next request, which is not answered
        if rudely:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()

    server = await asyncio.start_server(serve_one, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    door = outside([port], private="127.0.0.0/8")
    for _ in range(3):
        assert (await door.post(f"http://127.0.0.1:{port}/", b"{}", {}, deadline_s=5)).status == 200
    assert posts == 3
    server.close()


async def test_a_server_that_only_hangs_up_is_asked_once(outside: Any, sink: Any) -> None:
    door = outside([sink.port], private="127.0.0.0/8")
    assert await outcome(door, f"http://127.0.0.1:{sink.port}/") == "unreachable"
    assert sink.taken == 1


async def test_a_hundred_names_of_a_dead_name_server_keep_no_other_name_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over = threading.Event()

    def look_up(host: str, *_: object) -> list[object]:
        if host == "dead.test":
            over.wait(30)
        return []

    monkeypatch.setattr("messageapi.outside.connector._look_up", look_up)
    resolver = OwnThreads()
    dead = [asyncio.create_task(resolver.resolve("dead.test")) for _ in range(PLACES // SHARE)]
    await asyncio.sleep(0)  # they are in the queue before the other
    async with asyncio.timeout(10):
        assert await resolver.resolve("well.test") == []
    assert not any(task.done() for task in dead)
    over.set()
    await asyncio.gather(*dead)
    await resolver.close()


async def test_silence_ends_at_the_deadline(outside: Any, serve: Any) -> None:
    over = asyncio.Event()

    async def handler(_: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    port = await serve(handler)
    door = outside([port], private="127.0.0.0/8")
    with pytest.raises(OutsideError) as failed:
        await door.post(f"http://127.0.0.1:{port}/", b"{}", {}, deadline_s=0.2)
    assert failed.value.code == "too_slow"
    over.set()


async def test_neither_the_url_nor_the_headers_are_in_what_is_raised(outside: Any) -> None:
    door = outside([1], private="127.0.0.0/8")
    with pytest.raises(OutsideError) as failed:
        await door.post("http://127.0.0.1:1/canary-path?t=canary-token", b"canary-body", {"X": "canary"}, deadline_s=5)
    assert "canary" not in f"{failed.value}{failed.value.__context__ is None or failed.value.__suppress_context__}"
