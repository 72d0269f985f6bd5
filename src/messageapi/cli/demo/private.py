"""A server of the demo's own: temporary data folder, free ports, stopped and removed in the end."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from messageapi.cli.exits import CliError, Exit

START_WITHIN_S = 60
STOP_WITHIN_S = 10
LOOK_EVERY_S = 0.1
LAST_LINES = 12


class PrivateServer(NamedTuple):
    """A server that runs until its context ends."""

    data: Path
    log: Path

    def said(self) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-LAST_LINES:])


@asynccontextmanager
async def private_server() -> AsyncIterator[PrivateServer]:
    """Ready to serve when the context begins."""
    with tempfile.TemporaryDirectory(prefix="messageapi-demo-") as folder:
        server = PrivateServer(Path(folder) / "data", Path(folder) / "log")
        with server.log.open("wb") as writing:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "messageapi.cli", "serve"),
                env=_environment(server.data),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=writing,
                start_new_session=True,  # Ctrl-C reaches the demo alone, which then stops the server in order
            )
        try:
            await _serving(process, server)
            yield server
        finally:
            await _stopped(process)


def _environment(data: Path) -> dict[str, str]:
    """Ours without settings that would lead the server elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MESSAGEAPI_")}
    ours = {"DATA": str(data), "HOST": "127.0.0.1", "PORT": "0", "SANDBOX": "on"}
    return kept | {f"MESSAGEAPI_{name}": value for name, value in ours.items()}


async def _serving(process: asyncio.subprocess.Process, server: PrivateServer) -> None:
    try:
        async with asyncio.timeout(START_WITHIN_S):
            while not (server.data / "operator.json").exists():  # written last, by the other process
                if process.returncode is not None:
                    said = f"The private server ended. It said:\n{server.said()}"
                    raise CliError(Exit.FAILED, said, code="server_ended")
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        said = f"The private server did not start in {START_WITHIN_S} s. It said:\n{server.said()}"
        raise CliError(Exit.FAILED, said, code="server_slow") from None


async def _stopped(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_WITHIN_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
