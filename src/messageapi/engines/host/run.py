"""The engine host as a process: `python -m messageapi.engines.host.run`.

Reads one JSON line on stdin, prints the line `ready` when it listens, ends with its parent. Exit codes: 0 stopped in
order, 1 the bus or the sandbox cannot be reached, 2 the first line is wrong, 3 the protocol library cannot be used.
"""

import asyncio
import ctypes
import gc
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import uvloop

from messageapi import logs
from messageapi.blobs.port import Blobs
from messageapi.bus.port import Bus, BusError
from messageapi.engines.contract import Engine
from messageapi.engines.host.environment import host_variables
from messageapi.engines.host.host import Host, HostConfig, end_at_the_latest
from messageapi.engines.host.streams import Streams
from messageapi.engines.linked.library.file import LibraryError
from messageapi.engines.linked.library.native import LibraryUnusableError
from messageapi.errors import DoorError
from messageapi.vocab.content import Media

STOP_WITHIN_S = 4.0
_PR_SET_PDEATHSIG = 1
_SESSIONS = 1000  # of a host whose parent gave it no variables


class StartError(Exception):
    """Said on stderr in one sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def main() -> None:
    _with_environment()
    _end_with_parent(os.getppid())
    os.umask(0o077)
    _raise_file_limit()
    streams = Streams()
    try:
        config = _config(sys.stdin.readline())
        logs.configure(config.log_level, config.log_style)
        uvloop.run(_serve(config, streams))
    except StartError as problem:
        sys.stderr.write(f"{problem}\n")
        sys.stderr.flush()
        os._exit(problem.code)


def _with_environment() -> None:
    """Started by hand, it starts itself again."""
    needed = host_variables(_SESSIONS)
    needed |= {name: os.environ[name] for name in ("GOMEMLIMIT",) if name in os.environ}
    if any(os.environ.get(name) != value for name, value in needed.items()):
        arguments = [sys.executable, "-m", "messageapi.engines.host.run"]
        os.execve(sys.executable, arguments, {**os.environ, **needed})


def _end_with_parent(parent: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(0)


def _raise_file_limit() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _config(line: str) -> HostConfig:
    try:
        return msgspec.json.decode(line, type=HostConfig)
    except msgspec.DecodeError as problem:
        raise StartError(2, f"The first line on stdin must be the host's settings as JSON: {problem}.") from None


async def _serve(config: HostConfig, streams: Streams) -> None:
    blobs = _blobs(config)
    engine = _engine(config, streams, blobs)
    host = Host(config, await _bus(config.bus_url), engine, blobs)
    host.on_stop = lambda: end_at_the_latest(STOP_WITHIN_S - 0.3, 0)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, host.stop)
    await host.start()
    gc.freeze()  # what is loaded stays: looking through it again and again holds up every session
    streams.say("ready")
    await host.stopped.wait()
    sys.stderr.flush()
    os._exit(0)  # no interpreter clean-up: the native library may still call back


async def _bus(url: str) -> Bus:
    from messageapi.bus.nats import connect  # noqa: PLC0415 - loaded after the descriptors are in place

    try:
        return await connect(url)
    except BusError as problem:
        raise StartError(1, f"The bus cannot be reached ({problem.code}); is it running?") from None


def _engine(config: HostConfig, streams: Streams, blobs: Blobs | None) -> Engine:
    if config.engine == "scripted":
        from messageapi.engines.scripted import ScriptedEngine  # noqa: PLC0415 - a twin for tests

        return ScriptedEngine()
    streams.quiet()
    return _linked(config, blobs)


def _linked(config: HostConfig, blobs: Blobs | None) -> Engine:
    try:
        from messageapi.engines.linked.engine import LinkedEngine, SandboxUnusableError  # noqa: PLC0415 - loads protobufs
    except (ImportError, LibraryError) as problem:
        raise StartError(3, f"neonize cannot be used: {problem}. Install the locked requirements.") from None
    try:
        return LinkedEngine(config.network, config.sandbox_folder, _files(blobs))
    except LibraryUnusableError as problem:
        raise StartError(3, str(problem)) from None
    except SandboxUnusableError as problem:
        raise StartError(1, str(problem)) from None


def _blobs(config: HostConfig) -> Blobs | None:
    if config.kind == "pairing" or not (config.blobs_url or config.blobs_folder):
        return None
    from messageapi.blobs.opening import open_blobs  # noqa: PLC0415 - a pairing host needs none

    try:
        return open_blobs(config.blobs_url, Path(config.blobs_folder))
    except DoorError as problem:
        raise StartError(2, f"The place of files cannot be used: {problem.detail}") from None


def _files(blobs: Blobs | None) -> Callable[[Media], bytes]:
    if blobs is None:
        return _no_files
    from messageapi.blobs.read import read_blob_sync  # noqa: PLC0415 - a pairing host needs none

    return lambda media: read_blob_sync(blobs, media)


def _no_files(_media: Media) -> bytes:
    raise DoorError("not_found", "This host was told of no place where files lie.", permanent=False)


if __name__ == "__main__":
    main()
