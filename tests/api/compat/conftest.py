"""The app on a real socket for clients that bring their own HTTP, a post office that takes what is sent, and a place
on the web with files.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from messageapi.bus.subjects import BELL_SEND
from messageapi.outside.addresses import networks
from messageapi.outside.door import Outside, Rules
from messageapi.web.serving import server

PICTURE = bytes.fromhex(  # 1 by 1, PNG
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6360606000000004000183d5"
    "57df0000000049454e44ae426082"
)
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


@pytest.fixture
async def somewhere() -> AsyncIterator[str]:
    """A web server with /shop.png and /invoice.pdf."""

    files = {"shop.png": (PICTURE, "image/png"), "invoice.pdf": (PAPER, "application/pdf")}

    async def file(request: web.Request) -> web.Response:
        content, media_type = files.get(request.match_info["name"], (PAPER, "application/octet-stream"))
        return web.Response(body=content, content_type=media_type)

    site = web.Application()
    site.add_routes([web.get("/{name}", file)])
    runner = web.AppRunner(site)
    await runner.setup()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        await web.SockSite(runner, listening).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        await runner.cleanup()


@pytest.fixture
async def address(doors: Any, somewhere: str, routing: Any) -> AsyncIterator[str]:
    """Where the product listens; its guard lets it reach `somewhere`."""
    port = int(somewhere.rpartition(":")[2])
    outside = Outside(Rules(ports=frozenset({port}), private=networks("127.0.0.1/32")))
    there = type(doors)(
        **{name: getattr(doors, name) for name in type(doors).__slots__ if name != "outside"}, outside=outside
    )
    with socket.create_server(("127.0.0.1", 0)) as listening, routing.built(there) as front:
        running = server(front, "127.0.0.1", 0)
        serving = asyncio.create_task(running.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        running.should_exit = True
        await serving
    await outside.close()


@pytest.fixture
async def post_office(doors: Any, make: Any, alice: Any, number: str) -> AsyncIterator[None]:
    """Whatever waits is sent at once."""

    async def work() -> None:
        while True:
            with doors.bells.expect(BELL_SEND, number) as stored:
                for message in (await alice.get("/api/v1/messages", params={"status": "accepted"})).json()["items"]:
                    await make.make_status(doors, message["id"], status="sent")
                await stored.wait(1)

    working = asyncio.create_task(work())
    yield
    working.cancel()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "client").mkdir()
    return tmp_path / "client"
