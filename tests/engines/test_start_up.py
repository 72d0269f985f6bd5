"""The host as a process: what it is told, what it says, and how it ends when it cannot start."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from messageapi.bus.server import NatsServer

pytestmark = pytest.mark.slow

Start = Callable[..., subprocess.Popen[bytes]]
LIMIT = 30


@pytest.fixture
async def bus_url(tmp_path: Path) -> AsyncIterator[str]:
    server = NatsServer()
    yield await server.start(tmp_path)
    await server.stop()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    made: list[subprocess.Popen[bytes]] = []

    def make(line: str | dict[str, object], **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "messageapi.engines.host.run"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment},
        )
        made.append(process)
        assert process.stdin
        process.stdin.write((line if isinstance(line, str) else json.dumps(line)).encode() + b"\n")
        process.stdin.close()
        return process

    yield make
    for process in made:
        process.kill()
        process.wait()


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, object]:
    told: dict[str, object] = {
        "hostId": "h1",
        "kind": "engine",
        "network": "whatsapp",
        "busUrl": "nats://x@127.0.0.1:1",
    }
    return told | {
        "sessions": str(tmp_path),
        "capacity": 5,
        "sandboxFolder": "",
        "logLevel": "info",
        "logStyle": "json",
    }


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    assert process.stdout
    assert process.stderr
    out, err = process.stdout.read().decode(), process.stderr.read().decode()
    return process.wait(LIMIT), out, err


@pytest.mark.parametrize("line", ["", "no json", '{"hostId": "h1"}', "[]"])
def test_settings_that_cannot_be_read_end_it_with_2_and_one_sentence(start: Start, line: str) -> None:
    code, out, err = ended(start(line))
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_a_bus_that_is_not_there_ends_it_with_1(start: Start, settings: dict[str, object]) -> None:
    code, out, err = ended(start({**settings, "engine": "scripted"}))
    assert (code, out) == (1, "")
    assert "bus" in err
    assert "Traceback" not in err


def test_a_sandbox_that_is_not_there_ends_it_with_1(start: Start, settings: dict[str, object], tmp_path: Path) -> None:
    code, out, err = ended(start({**settings, "network": "sandbox", "sandboxFolder": str(tmp_path)}))
    assert (code, out) == (1, "")
    assert "sandbox" in err


@pytest.fixture
def fake_wheel(tmp_path: Path) -> Path:
    """Something that calls itself neonize and holds a library that is none."""
    (tmp_path / "neonize" / "proto").mkdir(parents=True)
    machine = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    (tmp_path / "neonize" / f"neonize-linux-{machine}.so").write_text("not a library")
    about = tmp_path / "neonize-0.5.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: neonize\nVersion: 0.5.2\n")
    (about / "RECORD").write_text(f"neonize/neonize-linux-{machine}.so,,\n")
    return tmp_path


def test_a_library_that_cannot_be_used_ends_it_with_3_and_one_sentence(
    start: Start, settings: dict[str, object], fake_wheel: Path
) -> None:
    code, out, err = ended(start(settings, PYTHONPATH=str(fake_wheel)))
    assert (code, out) == (3, "")
    assert "neonize" in err
    assert len(err.splitlines()) == 1


def test_it_says_ready_and_nothing_else_and_stops_in_order(
    start: Start, settings: dict[str, object], bus_url: str
) -> None:
    process = start({**settings, "busUrl": bus_url, "engine": "scripted"})
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGTERM)
    code, out, _ = ended(process)
    assert (code, out) == (0, "")


@pytest.mark.parametrize(("given", "limit"), [({}, "596MiB"), ({"GOMEMLIMIT": "146MiB"}, "146MiB")])
def test_it_has_what_the_library_reads_at_exec_whoever_started_it(
    start: Start, settings: dict[str, object], bus_url: str, given: dict[str, str], limit: str
) -> None:
    process = start({**settings, "busUrl": bus_url, "engine": "scripted"}, NEONIZE_BOT_TAG="on", **given)
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    variables = Path(f"/proc/{process.pid}/environ").read_text().split("\0")
    assert {"NEONIZE_BOT_TAG=off", f"GOMEMLIMIT={limit}"} <= set(variables)


def test_the_native_library_loads_without_libmagic_or_the_python_wrapper(
    start: Start, settings: dict[str, object], bus_url: str
) -> None:
    process = start({**settings, "busUrl": bus_url})
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    mapped = Path(f"/proc/{process.pid}/maps").read_text()
    assert "neonize-linux" in mapped
    assert "libmagic" not in mapped
    process.send_signal(signal.SIGTERM)
    assert ended(process)[0] == 0


def test_it_dies_with_its_parent(settings: dict[str, object], bus_url: str, tmp_path: Path) -> None:
    script = """
import subprocess, sys
command = [sys.executable, "-m", "messageapi.engines.host.run"]
child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdin.write(sys.argv[1].encode() + b"\\n"); child.stdin.close()
assert child.stdout.readline() == b"ready\\n"
print(child.pid, flush=True)
sys.stdin.read()
"""
    told = json.dumps({**settings, "busUrl": bus_url, "engine": "scripted"})
    command = [sys.executable, "-c", script, told]
    parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout
    child = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    try:
        assert wait_readable(child, LIMIT)
    finally:
        os.close(child)


def wait_readable(descriptor: int, seconds: float) -> bool:
    """A pidfd is readable when its process has ended."""
    import select  # noqa: PLC0415

    return bool(select.select([descriptor], [], [], seconds)[0])
