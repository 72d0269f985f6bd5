"""A route that stores nothing, on the product's web server with its settings: `python -m bench.bare_web FILE`.

Writes the address into FILE and serves until it is ended.
"""

import socket
import sys
from pathlib import Path

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from messageapi.web.serving import server

PATH = "/api/v1/messages"


async def take(request: Request) -> JSONResponse:
    """Reads the same body and answers in the same shape."""
    given = await request.json()
    answer = {
        "id": "01a0b1c2-d3e4-7f56-8901-23456789abcd",
        "status": "accepted",
        "number": given["from"],
        "to": given["to"],
        "acceptedAt": "2026-01-01T00:00:00.000Z",
    }
    return JSONResponse(answer, 202)


def _listening(told: Path) -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    told.write_text(str(listener.getsockname()[1]))
    return listener


if __name__ == "__main__":
    app = Starlette(routes=[Route(PATH, take, methods=["POST"])])
    bare = server(app, "127.0.0.1", 0)  # type: ignore[arg-type]  # any ASGI app will do
    uvloop.run(bare.serve(sockets=[_listening(Path(sys.argv[1]))]))
