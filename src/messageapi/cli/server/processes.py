"""The commands that are processes: serve, and its parts alone (engine, sandbox)."""

import os
import sys
from functools import partial
from typing import Annotated

import typer

from messageapi.cli.exits import CliError, Exit
from messageapi.cli.shell import LOCAL, Shell, command
from messageapi.settings import load

HostOption = Annotated[str, typer.Option("--host", help="Address to listen on (MESSAGEAPI_HOST).")]
PortOption = Annotated[int, typer.Option("--port", help="Port to listen on; 0 picks a free one (MESSAGEAPI_PORT).")]
DataOption = Annotated[str, typer.Option("--data", help="Data folder (MESSAGEAPI_DATA).")]
UNSET = -1


async def serve(shell: Shell, host: HostOption = "", port: PortOption = UNSET, data: DataOption = "") -> int:
    """Start the server with everything it needs. Ctrl-C stops it."""
    from messageapi.cli.server import greeting  # noqa: PLC0415 - the whole product; other commands start without it
    from messageapi.cli.server import serve as server  # noqa: PLC0415

    settings = load(host=host or None, port=None if port == UNSET else port, data=data or None)
    return await server.serve(settings, partial(greeting.greet, shell))


async def engine(_: Shell) -> None:
    """Run one engine host alone. Reads one line of JSON from stdin; `serve` does this by itself."""
    _become("messageapi.engines.host.run")


async def sandbox(shell: Shell, data: DataOption = "") -> None:
    """Run the sandbox network alone, with its state in the folder `sandbox` of the data folder."""
    folder = load(data=data).data_folder if data else shell.settings.data_folder
    _become("messageapi.sandbox.run", "--data", str(folder / "sandbox"))


def _become(module: str, *arguments: str) -> None:
    """Replace this process: an engine host and the sandbox want one of their own, with nothing else loaded."""
    sys.stdout.flush()
    try:
        os.execv(sys.executable, [sys.executable, "-m", module, *arguments])
    except OSError as problem:
        raise CliError(Exit.FAILED, f"{module} cannot be started: {problem.strerror}.", code="exec_failed") from None


def add_to(app: typer.Typer) -> None:
    command(app, shared=LOCAL)(serve)
    command(app, shared=LOCAL)(engine)
    command(app, shared=LOCAL)(sandbox)
