"""Ports and the control token stay the same over restarts as far as possible, because clients remember them."""

import asyncio
import errno
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from messageapi.sandbox.errors import SandboxError
from messageapi.vocab.ports import own_ports

Listen = Callable[[int], Awaitable[asyncio.Server]]

_TRIES = 20


class Remembered(msgspec.Struct):
    token: str
    front: int = 0
    direct: int = 0
    control: int = 0


def recall(path: Path) -> Remembered:
    """What the last start used; anew when there is nothing or nothing sensible."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Remembered)
    except (OSError, msgspec.DecodeError):
        return Remembered(secrets.token_urlsafe(24))


async def bind(listen: Listen, wanted: int, remembered: int) -> asyncio.Server:
    """Listen on the port asked for, or else on the remembered one, or else on one that is free."""
    if wanted:
        try:
            return await listen(wanted)
        except OSError as error:
            reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
            raise SandboxError("port", f"Port {wanted} {reason}. Choose another one or 0.") from None
    for port in (*([remembered] if remembered else []), *own_ports(_TRIES)):
        with suppress(OSError):
            return await listen(port)
    return await listen(0)


def port_of(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port
