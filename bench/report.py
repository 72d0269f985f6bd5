"""Writes results.md from what the parts left in bench/out: each figure beside its goal, and the machine."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench import report_events
from bench.outcome import read
from bench.planted import FAULTS

RESULTS = Path(__file__).with_name("results.md")
Found = dict[str, Any]
Row = tuple[str, str, str, str]
Rows = Callable[[Found], Iterable[Row]]
PARTS = (
    *("machine", "accept", "through", "sessions", "crash", "faults", "drain"),
    *("webhooks", "flapping", "dead", "live", "inbound"),
)
COLUMNS = ("what", "figure", "goal", "ratio or remark")
NOT_RUN = "not measured in this run"


def write() -> Path:
    """Parts that were not run are left out and named."""
    parts = {name: read(name) for name in PARTS}
    planted = {plant: found for plant in FAULTS if (found := read(f"crash-{plant}"))}
    tables = [
        _section("Accept", parts["accept"], _accept),
        _section("Through", parts["through"], _through),
        _section("Sessions", parts["sessions"], _sessions),
        _section("Crash", parts["crash"], lambda found: _crash(found, planted, "100")),
        _section("Faults of every kind", parts["faults"], lambda found: _crash(found, {}, "1,000")),
        _section("Drain", parts["drain"], _drain),
        _section("Events to receivers", parts["webhooks"], report_events.webhooks),
        _section("A receiver that flaps", parts["flapping"], report_events.flapping),
        _section("Dead endpoints", parts["dead"], report_events.dead),
        _section("Streams", parts["live"], report_events.live),
        _section("Received while hosts are killed", parts["inbound"], report_events.inbound),
    ]
    RESULTS.write_text("\n\n".join([HEAD, _machine(parts["machine"]), *tables, NOTES]) + "\n")
    return RESULTS


HEAD = """# What was measured

Written by `make bench`; nothing here is typed by hand. Trust the ratios: both sides of each were measured in
the same run on the same machine. One part alone: `python -m bench.accept` (or `through`, `sessions`, `crash`,
`drain`, `webhooks`, `flapping`, `dead`, `live`, `inbound`), then `python -m bench.report`."""

NOTES = """## How to read this

- Everything runs on one machine: load generator, sandbox network, phones and product share its cores. Accept pins the
  product to the first core and the load to the last. Through pins the network and the load to the last core and leaves
  every core to the product, and to the library alone it is compared with.
- The network is the sandbox on loopback. It says nothing about the rates WhatsApp would bear, which are far lower.
- "Library alone" is a loop around neonize's own SendMessage: no database, no journal, no HTTP, no outcome kept.
- `load` is the machine's load average when a part ended. Well above the number of cores means that something else ran.
- A crash run is judged by the phones: what they decrypted, in which order, against what the callers were told and what
  the API says became of it.
- Receivers of events share the benchmark's process, and its clock with the product. What should have come is read from
  the outbox in the product's database; an event counts as taken when it was answered with 200. Retries keep the
  documented schedule, nothing is sped up. The clock of an event starts with the time written in it."""


def _section(title: str, found: Found | None, rows: Rows) -> str:
    if found is None:
        return f"## {title}\n\n{NOT_RUN}"
    when = f"{found['at']}, commit {found.get('commit') or 'unknown'}, load {found['load']:.1f}"
    lines = ["| " + " | ".join(row) + " |" for row in (COLUMNS, ("---",) * len(COLUMNS), *rows(found))]
    return "\n".join([f"## {title}", "", when, "", *lines])


def _machine(found: Found | None) -> str:
    if found is None:
        return f"## Machine\n\n{NOT_RUN}"
    appends = found["appends"]
    disk = f"{found['disk']}, {appends['per_second']} durable 4 KiB appends/s (p50 {appends['p50_ms']} ms"
    facts = [
        f"- {found['cores']} cores of {found['cpu']}, {found['memory_gb']} GB",
        f"- {found['system']}, Linux {found['kernel']}",
        f"- {disk}, p99 {appends['p99_ms']} ms)",
        f"- Python {found['python']}, SQLite {found['sqlite']}, "
        + ", ".join(f"{name} {version}" for name, version in found["libraries"].items()),
    ]
    return "\n".join(["## Machine", "", *facts])


def _accept(found: Found) -> Iterable[Row]:
    ours, bare = found["product"], found["bare"]
    rounds = ", ".join(map(str, found["product_rounds"]))
    yield "durable POST /api/v1/messages", f"{ours['per_second']:.0f}/s", "1,000/s", f"rounds: {rounds}"
    yield "p50 / p95 / p99", _times(ours), "p99 < 50 ms", f"{found['callers']} callers"
    yield "bare route that stores nothing", f"{bare['per_second']:.0f}/s", "-", f"p99 {bare['p99_ms']} ms"
    yield "product / bare", f"{found['ratio']:.2f}", "-", "same web server, same core, same load"


def _times(found: Found) -> str:
    return " / ".join(f"{found[name]:.1f}" for name in ("p50_ms", "p95_ms", "p99_ms")) + " ms"


def _through(found: Found) -> Iterable[Row]:
    for side in (found["many"], found["one"]):
        numbers, last = side["numbers"], side["through"][-1]
        yield f"library alone, {_of(numbers)}", f"{side['alone_per_second']:.0f}/s", "-", _spent(side["alone"][-1])
        yield f"POST to phone, {_of(numbers)}", f"{side['through_per_second']:.0f}/s", "-", _spent(last)
        goal = "0.80" if numbers > 1 else "-"
        yield (
            f"product / library, {_of(numbers)}",
            f"{side['ratio']:.2f}",
            goal,
            f"read stored: {last['read_per_second']}/s",
        )
    send = found["send"]
    about = f"{send['callers']} callers, {_of(send['numbers'])}"
    yield "synchronous POST /api/v1/send", f"{send['per_second']:.0f}/s", "650/s", about
    yield "p50 / p95 / p99", _times(send), "p99 < 60 ms", _spent(send, send["requests"])


def _of(numbers: int) -> str:
    return f"{numbers} number" + "s" * (numbers != 1)


def _spent(found: Found, messages: int = 0) -> str:
    count = messages or found["messages"]
    return "CPU ms a message: " + ", ".join(f"{name} {s * 1000 / count:.2f}" for name, s in found["cpu_s"].items())


def _sessions(found: Found) -> Iterable[Row]:
    for row in [*found["rows"], found["after_kill"]]:
        again = " after a kill" if row is found["after_kill"] else ""
        shown = f"{row['rss_mb']} MB RSS, {row['uss_mb']} MB USS"
        yield (
            f"host with {_of(int(row['numbers']))}{again}",
            shown,
            "-",
            f"{row['threads']} threads, {row['fds']} files",
        )
    each = f"{found['rss_mb_each']} MB RSS, {found['uss_mb_each']} MB USS"
    yield "each session beside the base", each, "< 1.5 MB", f"{found['threads_each']} threads"
    back = f"{found['back_online_s']} s online, {found['back_connected_s']} s shown connected"
    yield "all back after `kill -9` of the host", back, "-", _linking(found)


def _linking(found: Found) -> str:
    failed = sum(found["failed_links"].values())
    return f"linking them all took {found['linking_s']} s; {failed} linkings failed and were repeated"


def _crash(found: Found, planted: dict[str, Found], goal: str) -> Iterable[Row]:
    counts, kills = found["counts"], found["kills"]
    killed = ", ".join(f"{count} x {name}" for name, count in sorted(kills.items()))
    load = f"{found['posts_per_second']}/s for {found['seconds']} s"
    yield "troubles made", str(sum(kills.values())), goal, f"{killed}; seed {found['seed']}; {load}"
    yield "promises broken", str(sum(fault["count"] for fault in found["faults"].values())), "0", _faults(found)
    yield (
        "answered 202 / unanswered",
        f"{counts['posts_accepted']} / {counts.get('posts_unanswered', 0)}",
        "-",
        (f"{counts['unanswered_but_stored']} of the unanswered are stored"),
    )
    yield (
        "unconfirmed",
        str(counts.get("status_unconfirmed", 0)),
        "-",
        f"{counts['unconfirmed_but_arrived']} had arrived",
    )
    yield (
        "statuses at the end",
        _statuses(counts),
        "true ends",
        f"nothing waits {found['drain_s']} s after the last kill",
    )
    for plant, other in planted.items():
        yield f"with a planted fault ({plant})", "NOT FOUND" if other["good"] else "found", "found", _faults(other)


def _drain(found: Found) -> Iterable[Row]:
    waiting = f"{found['messages']} messages, {_of(found['numbers'])}"
    yield "steady rate", f"{found['steady_per_second']:.0f}/s", "-", waiting
    yield "drained after a restart", f"{found['drain_per_second']:.0f}/s", "-", "first to last arrival at the phones"
    yield "drained / steady", f"{found['ratio']:.2f}", "0.80", ", ".join(found["faults"]) or "none lost, none twice"
    after = f"{found['first_after_launch_s']} s after the process was started"
    yield "first one out", f"{found['first_after_listening_s']} s", "< 3 s", f"after listening; {after}"


def _statuses(counts: dict[str, int]) -> str:
    named = {name.removeprefix("status_"): count for name, count in counts.items() if name.startswith("status_")}
    return ", ".join(f"{count} {name}" for name, count in named.items())


def _faults(found: Found) -> str:
    return ", ".join(f"{fault['count']} {kind}" for kind, fault in found["faults"].items()) or "none"


if __name__ == "__main__":
    print(write())
