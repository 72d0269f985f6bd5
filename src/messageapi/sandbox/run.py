"""Starts the network: `python -m messageapi.sandbox.run --data DIR`. Prints `ready` when everything listens.

What it holds, message texts and keys included, lies unsealed in that folder (0700): it is a test network on loopback.
"""

import argparse
import asyncio
import ctypes
import fcntl
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from messageapi.engines.linked.trust import TrustError, create_authority
from messageapi.sandbox.control.app import control_app
from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import Network
from messageapi.sandbox.phones.phone import Phone
from messageapi.sandbox.published import ADDRESSES_FILE, Published
from messageapi.sandbox.server.mediastore import MediaStore
from messageapi.sandbox.server.transport.listening import Listening
from messageapi.sandbox.snapshot import Snapshots
from messageapi.sandbox.wire.tokens import TokensError, load_tokens

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """A port of 0 means: the one of last time if it is free, else any."""

    data: Path
    port: int = 0
    tls_port: int = 0
    control_port: int = 0


async def serve(options: SandboxOptions, ready: Callable[[Published], None], stop: asyncio.Event) -> None:
    """Run the network until `stop` is set. `ready` is called when everything listens and sandbox.json is written."""
    with _own(options.data):
        authority = create_authority(options.data)
        tokens = await asyncio.to_thread(load_tokens, options.data)
        network = Network(tokens, MediaStore(options.data / "media"), Phone.create)
        snapshots = Snapshots(options.data / "state", network)
        snapshots.load()
        listening = Listening(options.data, network, authority, lambda token: control_app(network, token))
        chores: list[asyncio.Task[None]] = []
        try:
            published = await listening.open(options.port, options.tls_port, options.control_port)
            chores = [asyncio.create_task(snapshots.run(stop)), asyncio.create_task(listening.sweep(stop))]
            network.wake_phones()
            ready(published)
            await stop.wait()
        finally:
            await listening.close()
            await asyncio.gather(*chores)
            snapshots.save_all()


@contextmanager
def _own(folder: Path) -> Iterator[None]:
    """One process at a time may use a folder."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        lock = (folder / "sandbox.lock").open("w")
    except OSError as error:
        raise SandboxError("folder", f"The folder {folder} cannot be used: {error.strerror}.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SandboxError("in_use", f"Another sandbox network runs with the folder {folder}.") from None
        (folder / ADDRESSES_FILE).unlink(missing_ok=True)
        yield


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m messageapi.sandbox.run", description="A WhatsApp network on loopback.")
    parser.add_argument("--data", type=Path, required=True, help="folder for keys, state and addresses")
    parser.add_argument("--port", type=int, default=0, help="port of the CONNECT front")
    parser.add_argument("--tls-port", type=int, default=0, help="port of the direct TLS listener")
    parser.add_argument("--control-port", type=int, default=0, help="port of the control interface")
    parser.add_argument("--die-with-parent", action="store_true", help="stop when the starting process ends")
    return parser.parse_args(arguments)


def _say_ready() -> None:
    gc.freeze()  # what is loaded stays
    sys.stdout.write("ready\n")
    sys.stdout.flush()


async def _main(options: SandboxOptions) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(options, lambda _: _say_ready(), stop)


def main(arguments: list[str]) -> int:
    given = _parse(arguments)
    if given.die_with_parent:
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            return 1
    options = SandboxOptions(given.data.absolute(), given.port, given.tls_port, given.control_port)
    try:
        uvloop.run(_main(options))
    except (SandboxError, TokensError, TrustError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
