"""The bundled server never outlives the process that started it, not even after kill -9."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import psutil
import pytest

PARENT = """
import asyncio, pathlib, sys
from messageapi.bus.server import NatsServer
async def main():
    server = NatsServer()
    await server.start(pathlib.Path(sys.argv[1]))
    print(server.pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


@pytest.mark.slow
async def test_the_server_dies_with_a_killed_parent(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, str(tmp_path), stdout=PIPE)
    assert parent.stdout is not None
    server = psutil.Process(int(await parent.stdout.readline()))
    assert server.name() == "nats-server"
    parent.kill()
    await parent.wait()
    await asyncio.to_thread(psutil.wait_procs, [server], 10)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
