"""The command as people run it: a subprocess with a clean environment and a data folder of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from messageapi.cli.app import app


class Ran(NamedTuple):
    """What a finished command left."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, object]:
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


Run = Callable[..., Ran]


def clean(data: Path) -> dict[str, str]:
    """Nothing of this machine's own settings, and ports nobody else uses."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MESSAGEAPI_")}
    ours = {"DATA": str(data), "PORT": "0", "LOG_LEVEL": "warning"}
    return kept | {f"MESSAGEAPI_{name}": value for name, value in ours.items()} | TERMINAL


TERMINAL = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}


def runner(environment: dict[str, str], folder: Path) -> Run:
    def command(*arguments: str, given: str = "", **more: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "messageapi.cli", *arguments],
            env=environment | more,
            cwd=folder,
            input=given,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    return command


def quick_runner(environment: dict[str, str]) -> Run:
    """The same without a new interpreter each time: for the many commands that only ask a server."""
    hidden = {name: None for name in os.environ if name.startswith("MESSAGEAPI_")}

    def command(*arguments: str, given: str = "", **more: str) -> Ran:
        result = CliRunner().invoke(app, arguments, input=given, env=hidden | environment | more)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    return command


@contextmanager
def serving(environment: dict[str, str], folder: Path, *arguments: str) -> Iterator[dict[str, object]]:
    """A server in a process of its own; yields what it announced."""
    command = [sys.executable, "-m", "messageapi.cli", "serve", "--json", *arguments]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout
    try:
        announced = process.stdout.readline()
        assert announced, (folder / "serve.log").read_text()
        yield json.loads(announced)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=10)
        process.stdout.close()
    assert code == 0, (folder / "serve.log").read_text()


class Tools(NamedTuple):
    """For fixtures that start a server with settings of their own."""

    clean: Callable[[Path], dict[str, str]]
    serving: Callable[..., AbstractContextManager[dict[str, object]]]
    quick_runner: Callable[[dict[str, str]], Run]


@pytest.fixture(scope="session")
def cli() -> Tools:
    return Tools(clean, serving, quick_runner)


@pytest.fixture
def ctrl_c() -> Iterator[int]:
    """The signal it sends. Where these tests run in the background of a shell it is ignored, and children of theirs
    would inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield signal.SIGINT
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def environment(data: Path) -> dict[str, str]:
    return clean(data)


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    return quick_runner(environment)


@pytest.fixture
def run_apart(environment: dict[str, str], tmp_path: Path) -> Run:
    """In a process of its own: for what changes the process, such as a server that starts."""
    return runner(environment, tmp_path)


class Served(NamedTuple):
    """A running server, what it announced, and commands on its data folder."""

    run: Run
    data: Path
    announced: dict[str, object]
    environment: dict[str, str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    environment = clean(folder / "data") | {"MESSAGEAPI_SANDBOX": "off"}
    with serving(environment, folder) as announced:
        yield Served(quick_runner(environment), folder / "data", announced, environment)


@pytest.fixture(scope="module")
def sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("sandboxed")
    environment = clean(folder / "data")
    with serving(environment, folder) as announced:
        yield Served(quick_runner(environment), folder / "data", announced, environment)
