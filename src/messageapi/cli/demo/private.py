"""A server of the demo's own: temporary data folder, free ports, stopped and removed in the end."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from messageapi.cli.exits import CliError, Exit

START_WITHIN_S = 60
STOP_WITHIN_S = 10
LOOK_EVERY_S = 0.1
LAST_LINES = 8


@asynccontextmanager
async def private_server() -> AsyncIterator[Path]:
    """Yield its data folder once it serves."""
    with tempfile.TemporaryDirectory(prefix="messageapi-demo-") as folder:
        data, log = Path(folder) / "data", Path(folder) / "log"
        with log.open("wb") as writing:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "messageapi.cli", "serve"),
                env=_environment(data),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=writing,
                start_new_session=True,  # Ctrl-C reaches the demo alone, which then stops the server in order
            )
        try:
            await _serving(process, data, log)
            yield data
        finally:
            await _stopped(process)


def _environment(data: Path) -> dict[str, str]:
    """Ours without settings that would lead the server elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MESSAGEAPI_")}
    ours = {"DATA": str(data), "HOST": "127.0.0.1", "PORT": "0", "SANDBOX": "on", "LOG_LEVEL": "warning"}
    return kept | {f"MESSAGEAPI_{name}": value for name, value in ours.items()}


async def _serving(process: asyncio.subprocess.Process, data: Path, log: Path) -> None:
    try:
        async with asyncio.timeout(START_WITHIN_S):
            while not (data / "operator.json").exists():  # written last, by the other process
                if process.returncode is not None:
                    raise CliError(Exit.FAILED, _why(log), code="server_ended")
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        raise CliError(Exit.FAILED, f"The server did not start in {START_WITHIN_S} s. {_why(log)}") from None


def _why(log: Path) -> str:
    said = log.read_text("utf-8", "replace").splitlines()[-LAST_LINES:]
    return "The private server said: " + ("\n".join(said) or "nothing.")


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
