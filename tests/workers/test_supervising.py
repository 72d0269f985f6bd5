"""Real children, small ones: kept running, started again with a pause, stopped in time, never outliving us."""

import asyncio
import os
import signal
import sys
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from messageapi.bus import subjects
from messageapi.bus.memory import MemoryBus
from messageapi.bus.port import Reply
from messageapi.engines.host.environment import host_variables
from messageapi.engines.port import HostBeat, HostGone, Network, Refused, Spawned
from messageapi.numbers.asking.hosts import release, spawn_pairing
from messageapi.workers.processes import keeper, kept_host, supervise
from messageapi.workers.processes.children import Child, ChildError
from messageapi.workers.processes.recipes import Kind, OwnRecipes, Recipe
from messageapi.workers.processes.supervise import Supervisor

PATIENCE_S = 20
GOOD = """
    import sys, time
    print("ready", flush=True)
    time.sleep(600)
"""
DEAF = """
    import signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("ready", flush=True)
    time.sleep(600)
"""
SHORT = 'print("ready", flush=True)'
FAILING = "raise SystemExit(1)"
NO_LIBRARY = "raise SystemExit(3)"
SILENT = "import time; time.sleep(600)"


def script(text: str, *, first_line: bytes = b"{}\n") -> Recipe:
    command = (sys.executable, "-c", textwrap.dedent(text))
    return Recipe("small child", command, first_line, dict(os.environ))


class Scripts:
    """Recipes that start this script as every host, and note what was asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked: list[tuple[Kind, Network]] = []

    def host(self, host_id: str, kind: Kind, network: Network) -> Recipe:
        assert host_id
        self.asked.append((kind, network))
        return script(self.text)

    def sandbox(self) -> Recipe:
        return script(self.text)


Supervise = Callable[..., Awaitable[Supervisor]]


@pytest.fixture
async def gone(bus: MemoryBus) -> asyncio.Queue[HostGone]:
    """Every host that was reported dead."""
    queue: asyncio.Queue[HostGone] = asyncio.Queue()

    async def hear(_: str, payload: bytes, __: Reply | None) -> None:
        queue.put_nowait(msgspec.msgpack.decode(payload, type=HostGone))

    await bus.subscribe(subjects.HOSTS_GONE, hear)
    return queue


@pytest.fixture
async def supervised(bus: MemoryBus, gone: asyncio.Queue[HostGone]) -> AsyncIterator[Supervise]:
    started = []

    async def start(text: str, *networks: Network, sandbox: bool = False) -> Supervisor:
        async def in_use() -> set[Network]:
            return set(networks)

        scripts = Scripts(text)
        supervisor = Supervisor(bus, scripts, in_use, sandbox=sandbox)
        supervisor.scripts = scripts  # type: ignore[attr-defined]
        started.append(supervisor)
        await supervisor.start()
        return supervisor

    yield start
    for supervisor in started:
        await supervisor.stop()


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(supervise, "STOP_GRACE_S", 0.3)
    monkeypatch.setattr(supervise, "RELEASE_GRACE_S", 0.3)


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def test_a_child_gets_its_first_line_and_is_ready_when_it_says_so(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    text = f"""
        import sys, time
        open({str(heard)!r}, "w").write(sys.stdin.readline())
        print("noise", flush=True)
        print("ready", flush=True)
        time.sleep(600)
    """
    child = await Child.start(script(text, first_line=b'{"secret": 1}\n'))
    assert heard.read_text() == '{"secret": 1}\n'
    assert await child.stop(PATIENCE_S)
    assert not running(child.pid)


async def test_a_child_that_is_never_ready_is_ended() -> None:
    with pytest.raises(ChildError) as refused:
        await Child.start(script(SILENT), deadline_s=0.3)
    assert refused.value.code == "not_ready"


@pytest.mark.parametrize(("text", "code"), [(FAILING, "exited"), (NO_LIBRARY, "library_unusable")])
async def test_a_child_that_ends_at_once_says_why(text: str, code: str) -> None:
    with pytest.raises(ChildError) as refused:
        await Child.start(script(text))
    assert refused.value.code == code


async def test_a_program_that_is_not_there_is_said() -> None:
    with pytest.raises(ChildError):
        await Child.start(Recipe("nothing", ("/no/such/program",), b"", {}))


async def test_a_child_that_does_not_stop_is_killed() -> None:
    child = await Child.start(script(DEAF))
    assert not await child.stop(0.2)
    assert not running(child.pid)


async def test_a_child_that_prints_without_end_does_not_block() -> None:
    text = """
        import sys
        print("ready", flush=True)
        for _ in range(200):
            sys.stdout.write("x" * 65536)
        sys.stdout.flush()
    """
    child = await Child.start(script(text))
    async with asyncio.timeout(PATIENCE_S):
        assert await child.wait() == 0


async def test_hosts_run_for_the_networks_in_use_only(supervised: Supervise, eventually: Any) -> None:
    supervisor = await supervised(GOOD, "sandbox")
    assert supervisor.scripts.asked in ([], [("engine", "sandbox")])  # type: ignore[attr-defined]
    await eventually(lambda: supervisor.scripts.asked == [("engine", "sandbox")])  # type: ignore[attr-defined]


async def test_a_host_that_was_killed_is_reported_and_started_again(
    supervised: Supervise, gone: asyncio.Queue[HostGone], eventually: Any
) -> None:
    supervisor = await supervised(GOOD, "sandbox")
    kept = supervisor._hosts["sandbox"][0].keeper
    assert await kept.ready(PATIENCE_S)
    first = kept.pid
    assert first
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE_S):
        assert (await gone.get()).code == "exited"
    await eventually(lambda: kept.pid not in {None, first})


@pytest.fixture
async def well_beats(bus: MemoryBus) -> AsyncIterator[Callable[[str], None]]:
    """The host with this id is heard from all the time."""
    beating = set()

    async def beat(host_id: str) -> None:
        while True:
            await bus.publish(
                subjects.BEATS, msgspec.msgpack.encode(HostBeat(host_id, "whatsapp", "engine", 10, [], 1, 0))
            )
            await asyncio.sleep(0.02)

    yield lambda host_id: beating.add(asyncio.create_task(beat(host_id)))
    for task in beating:
        task.cancel()


async def test_a_host_that_hangs_is_ended_and_started_again(
    supervised: Supervise,
    well_beats: Callable[[str], None],
    gone: asyncio.Queue[HostGone],
    eventually: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept_host, "HUNG_S", 1.5)
    monkeypatch.setattr(supervise, "WATCH_EVERY_S", 0.1)
    supervisor = await supervised(GOOD, "sandbox", "whatsapp")
    hung, well = supervisor._hosts["sandbox"][0], supervisor._hosts["whatsapp"][0]
    await eventually(lambda: well.id)
    well_beats(well.id)
    async with asyncio.timeout(PATIENCE_S):
        ended = await gone.get()
    assert ended.network == "sandbox"
    assert await hung.keeper.ready(PATIENCE_S)
    assert hung.id != ended.host_id
    assert "whatsapp" not in {gone.get_nowait().network for _ in range(gone.qsize())}


async def test_every_start_has_a_new_host_id(supervised: Supervise, gone: asyncio.Queue[HostGone]) -> None:
    await supervised(SHORT, "sandbox")
    async with asyncio.timeout(PATIENCE_S):
        assert (await gone.get()).host_id != (await gone.get()).host_id


async def test_a_crash_loop_slows_down(
    supervised: Supervise, gone: asyncio.Queue[HostGone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "LONGEST_PAUSE_S", 0.05)
    supervisor = await supervised(FAILING, "sandbox")
    async with asyncio.timeout(PATIENCE_S):
        for _ in range(4):
            await gone.get()
    kept = supervisor._hosts["sandbox"][0].keeper
    assert kept._pause == 0.05


async def test_a_missing_library_is_tried_again_rarely(supervised: Supervise, gone: asyncio.Queue[HostGone]) -> None:
    await supervised(NO_LIBRARY, "whatsapp")
    async with asyncio.timeout(PATIENCE_S):
        assert (await gone.get()).code == "library_unusable"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await gone.get()


async def test_a_missing_library_is_told_once(
    supervised: Supervise,
    gone: asyncio.Queue[HostGone],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keeper, "MISSING_PAUSE_S", 0.01)
    await supervised(NO_LIBRARY, "whatsapp")
    async with asyncio.timeout(PATIENCE_S):
        for _ in range(3):
            await gone.get()
    said = capsys.readouterr()
    assert (said.out + said.err).count("library is missing") == 1  # where to is the choice of who set up the log


async def test_linking_gets_a_host_of_its_own_and_keeps_the_networks_hosts_running(
    supervised: Supervise, bus: MemoryBus, eventually: Any
) -> None:
    supervisor = await supervised(GOOD)
    spawned = await spawn_pairing(bus, "whatsapp")
    assert isinstance(spawned, Spawned)
    await eventually(lambda: ("engine", "whatsapp") in supervisor.scripts.asked)  # type: ignore[attr-defined]


async def test_a_released_pairing_host_is_gone_and_told(
    supervised: Supervise, bus: MemoryBus, gone: asyncio.Queue[HostGone]
) -> None:
    supervisor = await supervised(DEAF)
    spawned = await spawn_pairing(bus, "sandbox")
    assert isinstance(spawned, Spawned)
    pid = supervisor._pairings[spawned.host_id]._child.pid
    assert await release(bus, spawned.host_id)
    assert not running(pid)
    assert gone.get_nowait().host_id == spawned.host_id
    assert not await release(bus, spawned.host_id)


async def test_a_pairing_host_lives_for_a_bounded_time(
    supervised: Supervise, bus: MemoryBus, gone: asyncio.Queue[HostGone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "PAIRING_LIFE_S", 0.2)
    await supervised(DEAF)
    spawned = await spawn_pairing(bus, "sandbox")
    assert isinstance(spawned, Spawned)
    async with asyncio.timeout(PATIENCE_S):
        assert (await gone.get()).host_id == spawned.host_id


async def test_a_pairing_host_that_cannot_start_is_refused_with_its_reason(
    supervised: Supervise, bus: MemoryBus
) -> None:
    await supervised(NO_LIBRARY)
    refused = await spawn_pairing(bus, "whatsapp")
    assert isinstance(refused, Refused)
    assert refused.code == "library_unusable"


async def test_too_many_links_at_once_are_refused(
    supervised: Supervise, bus: MemoryBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "MOST_PAIRINGS", 1)
    await supervised(GOOD)
    answers = await asyncio.gather(spawn_pairing(bus, "sandbox"), spawn_pairing(bus, "sandbox"))
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "Spawned"]


async def test_stopping_leaves_no_child_even_when_they_do_not_listen(supervised: Supervise, bus: MemoryBus) -> None:
    supervisor = await supervised(DEAF, "sandbox", "whatsapp", sandbox=True)
    await spawn_pairing(bus, "sandbox")
    keepers = [supervisor._sandbox, *(one.keeper for one in supervisor._every_host())]
    for kept in keepers:
        assert kept
        assert await kept.ready(PATIENCE_S)
    pids = [kept.pid for kept in keepers if kept] + [one._child.pid for one in supervisor._pairings.values()]
    async with asyncio.timeout(5):
        await supervisor.stop()
    assert [pid for pid in pids if pid and running(pid)] == []


@pytest.mark.slow
async def test_children_end_when_their_parent_is_killed(tmp_path: Path, eventually: Any) -> None:
    parent = f"""
        import asyncio, sys
        from messageapi.workers.processes.children import Child
        from messageapi.workers.processes.recipes import Recipe
        async def main():
            child = await Child.start(Recipe("child", (sys.executable, "-c", {textwrap.dedent(GOOD)!r}), b"", {{}}))
            print(child.pid, flush=True)
            await asyncio.sleep(600)
        asyncio.run(main())
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", textwrap.dedent(parent)), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    async with asyncio.timeout(PATIENCE_S):
        pid = int(await process.stdout.readline())
    process.kill()
    await process.wait()
    await eventually(lambda: not running(pid))


def test_neither_arguments_nor_environment_of_a_host_hold_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from messageapi.settings import Settings  # noqa: PLC0415

    monkeypatch.setenv("MESSAGEAPI_DATABASE_URL", "postgresql://u:hidden@h/d")
    recipe = OwnRecipes(Settings(data=str(tmp_path)), "nats://hidden@127.0.0.1:1").host("h", "engine", "sandbox")
    assert b"hidden" in recipe.first_line
    assert "hidden" not in " ".join([*recipe.command, *recipe.environment, *recipe.environment.values()])
    assert recipe.environment["SSL_CERT_FILE"].endswith("ca.pem")


def test_a_host_has_from_its_start_what_its_library_reads_at_exec(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or it would start a second time."""
    from messageapi.settings import Settings  # noqa: PLC0415

    monkeypatch.setenv("NEONIZE_BOT_TAG", "on")
    settings = Settings(data=str(tmp_path), engine_sessions=40)
    recipe = OwnRecipes(settings, "nats://127.0.0.1:1").host("h", "engine", "whatsapp")
    assert host_variables(40).items() <= dict(recipe.environment).items()
