"""What the protocol library alone reaches against the same kind of network: the measure for the product."""

import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

import msgspec

from bench import people
from bench.bare_plan import Plan, Report
from bench.load import Result
from bench.network import arrivals, start_network
from bench.processes import EVERY_CORE, BenchError, Cores, cpu_seconds, start, until
from bench.verdict import Chats
from messageapi.engines.linked.trust import host_environment
from messageapi.sandbox.client import SandboxControl

RUN_S = 300.0
LABEL = "bare"


async def engine_alone(count: int, each: int, *, chats: int = 4, cores: Cores = EVERY_CORE) -> dict[str, object]:
    """`count` numbers send `each` messages; the figure is messages a second until the last has arrived at a phone."""
    folder = Path(tempfile.mkdtemp(prefix="bench-bare-"))
    network = await start_network(folder / "network")
    try:
        plan = _plan(folder, count, each, chats)
        report = await _run(folder, plan, cores)
        async with SandboxControl.from_folder(folder / "network") as control:
            judged = Chats(LABEL)
            for phone in sorted({phone for group in plan.recipients for phone in group}):
                judged.take(phone, await arrivals(control, phone))
        network_cpu = cpu_seconds([network.pid])
    finally:
        await network.stop()
        shutil.rmtree(folder, ignore_errors=True)
    cpu = {"library": round(report.cpu, 1), "network": round(network_cpu, 1)}
    return {**_figures(report, judged, count * each), "cpu_s": cpu}


def _plan(folder: Path, count: int, each: int, chats: int) -> Plan:
    store = folder / "store"
    store.mkdir()
    groups = [people.recipients(chats, n) for n in range(count)]
    return Plan(str(folder / "network"), str(store), people.numbers(count), groups, each, LABEL)


async def _run(folder: Path, plan: Plan, cores: Cores) -> Report:
    log = folder / "bare.log"
    env = host_environment("sandbox", folder / "network")
    child = start(["-m", "bench.bare_engine", msgspec.json.encode(plan).decode()], log, cores=cores, env=env)
    try:
        await until(lambda: not child.running, RUN_S, "the bare engine")
    finally:
        await child.stop()
    if child.process.returncode:
        raise BenchError(f"the bare engine ended with {child.process.returncode}:\n{child.tail()}")
    return msgspec.json.decode(log.read_bytes().splitlines()[-1], type=Report)


def _figures(report: Report, judged: Chats, total: int) -> dict[str, object]:
    if report.failed or judged.faults(total):
        raise BenchError(f"the bare engine failed {report.failed} sends; {judged.faults(total)}")
    until_arrival = (judged.last_at - report.started) / 1000
    return {
        "messages": total,
        "acknowledged_per_second": round(total / report.seconds, 1),
        "arrived_per_second": round(total / until_arrival, 1),
        "send": Result(report.seconds, report.latencies).figures(),
    }


if __name__ == "__main__":
    wanted = [int(argument) for argument in sys.argv[1:]] or [10, 500]
    print(json.dumps(asyncio.run(engine_alone(*wanted)), indent=2))
