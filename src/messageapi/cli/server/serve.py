"""One machine, whole: listens, opens the doors, starts children and workers in order, stops them all within seconds."""

import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator

import msgspec

from messageapi import logs
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.server.first_start import Welcome, welcome
from messageapi.cli.server.machine import Machine
from messageapi.operator.token import OperatorToken
from messageapi.settings import Settings, strays
from messageapi.wiring import open_runtime

STOP_WITHIN_S = 4.5
_log = logs.log("serve")


class Ready(msgspec.Struct, frozen=True, rename="camel"):
    """What the person at the terminal is told once everything runs. `key` is there on the very first start only,
    `first_start` until somebody made the first login by it.
    """

    address: str
    account: str
    key: str | None
    curl: str
    sandbox_file: str | None
    phones: list[str]
    trouble: str | None
    first_start: str | None


async def serve(settings: Settings, announce: Callable[[Ready], None]) -> int:
    """Return the exit code after SIGINT or SIGTERM. Raise CliError or DoorError when the server cannot start."""
    os.umask(0o077)
    logs.configure(settings.log_level, settings.log_style)
    for variable, near in strays():
        _log.warning("a variable is no setting and was passed over", variable=variable, nearest=near)
    began = time.perf_counter()
    with _listening(settings.host, settings.port) as listener, _signals() as stop:
        bound = msgspec.structs.replace(settings, port=listener.getsockname()[1])
        async with open_runtime(bound) as runtime:
            token = OperatorToken()
            machine = Machine(runtime, listener, token)
            try:
                if not await _or_stopped(machine.start(), stop):
                    return Exit.OK
                _log.info("serving", seconds=round(time.perf_counter() - began, 2))
                _settle()
                token.leave(bound.data_folder, bound.base_url)
                if await _or_stopped(_welcomed(machine, bound, announce), stop):
                    await machine.until_ended(stop)
            finally:
                token.remove(bound.data_folder)
                await _stopped_in_time(machine)
    if stop.is_set():
        return Exit.OK
    _log.error("the web server ended by itself")
    return Exit.FAILED


def _settle() -> None:
    """The garbage collector need not look again at what lives as long as the process: while it does, nobody is
    answered.
    """
    gc.collect()
    gc.freeze()


async def _welcomed(machine: Machine, settings: Settings, announce: Callable[[Ready], None]) -> None:
    announce(_ready(settings, await welcome(machine.doors)))


def _ready(settings: Settings, told: Welcome) -> Ready:
    sandbox = settings.data_folder / "sandbox" / "sandbox.json"
    return Ready(
        address=settings.base_url,
        account=told.account_id,
        key=told.key,
        curl=_curl(settings.base_url, told),
        sandbox_file=str(sandbox) if settings.sandbox == "on" else None,
        phones=list(told.phones),
        trouble=told.trouble,
        first_start=told.first_start,
    )


def _curl(address: str, told: Welcome) -> str:
    body = msgspec.json.encode({"recipient": told.recipient, "text": "Hello from MessageAPI"}).decode()
    key = told.key or "$MESSAGEAPI_API_KEY"
    return f"curl -s {address}/api/v1/send -H \"X-API-Key: {key}\" -H 'Content-Type: application/json' -d '{body}'"


@contextlib.contextmanager
def _signals() -> Iterator[asyncio.Event]:
    """SIGINT and SIGTERM set the event instead of ending the process."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _or_stopped(work: Awaitable[None], stop: asyncio.Event) -> bool:
    """False when we were asked to stop before the work was done; it is given up then."""
    working, stopping = asyncio.ensure_future(work), asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not working.done():
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
        return False
    working.result()
    return True


async def _stopped_in_time(machine: Machine) -> None:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(STOP_WITHIN_S):
            await machine.stop()
    except TimeoutError:
        _log.error("not everything stopped in time; what is left ends with this process")
    _log.info("stopped", seconds=round(time.perf_counter() - began, 2))


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Bound before anything else: a port in use is said before a file is touched."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as problem:
        raise CliError(Exit.BLOCKED, _why(host, port, problem), code="cannot_listen") from None
    with listener:
        yield listener


def _why(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use. Stop what uses it, or choose another with --port or MESSAGEAPI_PORT."
    if problem.errno == errno.EACCES:
        return f"Port {port} needs rights this user lacks. Choose one above 1023 with --port or MESSAGEAPI_PORT."
    return f"{host} is not an address of this machine. Choose one with --host or MESSAGEAPI_HOST, such as 127.0.0.1."
