"""Starting and stopping: clear words for what cannot work, `ready` once everything listens, an orderly end."""

import asyncio
import os
import socket
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from messageapi.sandbox.client import SandboxControl, SandboxError
from messageapi.sandbox.published import Published
from messageapi.sandbox.run import SandboxOptions, serve


async def said_by(folder: Path, *options: str) -> tuple[int | None, bytes]:
    """Exit code and stderr of a network that is not expected to run."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "messageapi.sandbox.run",
        "--data",
        str(folder),
        *options,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await asyncio.wait_for(process.communicate(), 30)
    assert b"ready" not in out
    return process.returncode, errors


async def test_it_runs_inside_another_program_too(tmp_path: Path) -> None:
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    network = asyncio.create_task(serve(SandboxOptions(tmp_path / "net"), ready.set_result, stop))
    published: Published = await asyncio.wait_for(ready, 30)
    assert published.front.startswith("http://127.0.0.1:")
    async with SandboxControl.from_folder(tmp_path / "net") as control:
        await control.health()
    stop.set()
    await asyncio.wait_for(network, 10)
    with pytest.raises(SandboxError):
        SandboxControl.from_folder(tmp_path / "net")


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, errors = await said_by(tmp_path / "net", "--port", str(port))
    assert code == 1
    assert f"Port {port} is in use".encode() in errors
    assert b"Traceback" not in errors


async def test_a_remembered_port_that_is_taken_is_exchanged(sandbox: Any) -> None:
    port = int(sandbox.published.control.rpartition(":")[2])
    sandbox.stop()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        sandbox.start()
    assert not sandbox.published.control.endswith(f":{port}")


async def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    code, errors = await said_by(tmp_path / "file" / "net")
    assert code == 1
    assert b"cannot be used" in errors
    assert b"Traceback" not in errors


async def test_a_damaged_state_is_named_and_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "net" / "state"
    state.mkdir(parents=True)
    (state / "network.msgpack").write_bytes(b"\xc1 not msgpack")
    code, errors = await said_by(tmp_path / "net")
    assert code == 1
    assert b"cannot be read" in errors
    assert b"Traceback" not in errors
    assert (state / "network.msgpack").read_bytes() == b"\xc1 not msgpack"


def test_addresses_and_token_are_readable_by_the_owner_only(sandbox: Any) -> None:
    mode = (sandbox.folder / "sandbox.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert sandbox.published.pid != os.getpid()
    root_key = (sandbox.folder / "root.pub").read_text().strip()
    assert root_key == sandbox.published.root_key
    assert b"BEGIN CERTIFICATE" in Path(sandbox.published.ca).read_bytes()


async def test_it_stops_in_order_while_clients_are_connected(sandbox: Any, companion: Any, anna: str) -> None:
    device = await companion(anna)
    assert sandbox.stop() == 0
    await device.closed_by_server()
    sandbox.start()


async def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    """A parent that is killed runs no clean-up."""
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'messageapi.sandbox.run', '--data', sys.argv[1],"
        " '--die-with-parent'], stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(tmp_path / "net"), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout
    child = int(await asyncio.wait_for(parent.stdout.readline(), 30))
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(20):
        while True:
            if not _alive(child):
                break
            await asyncio.sleep(0.02)
    with pytest.raises(SandboxError):
        SandboxControl.from_folder(tmp_path / "net")  # it stopped in order


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
