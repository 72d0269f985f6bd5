"""Writes results.md from what the parts left in bench/out: each figure beside its goal, and the machine."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench import report_events, report_messages
from bench.outcome import changes_since, read
from bench.planted import FAULTS
from bench.row import Found, Row

RESULTS = Path(__file__).with_name("results.md")
BUSY = 2.0
"""Load, for each core, from which on something else must have run beside the part."""
GLANCE = ("part", "what", "goal", "figure", "goal met", "when", "load")
DETAIL = ("what", "figure", "goal", "ratio or remark")


class Part(NamedTuple):
    """A section of results.md. `found`: nothing when the part has not run."""

    title: str
    name: str
    found: Found | None
    rows: tuple[Row, ...]


def write() -> Path:
    """From the last run of each part."""
    parts = list(_parts())
    sections = [_glance(parts), _machine(read("machine")), *map(_section, parts), NOTES]
    RESULTS.write_text("\n\n".join([HEAD, *sections]) + "\n")
    return RESULTS


def _parts() -> Iterator[Part]:
    planted = {plant: found for plant in FAULTS if (found := read(f"crash-{plant}"))}
    crash = partial(report_messages.crash, planted=planted, goal=100)
    faults = partial(report_messages.crash, planted={}, goal=1_000)
    tables: tuple[tuple[str, str, Callable[[Found], Iterable[Row]]], ...] = (
        ("A newcomer", "newcomer", report_messages.newcomer),
        ("Accept", "accept", report_messages.accept),
        ("Through", "through", report_messages.through),
        ("Sessions", "sessions", report_messages.sessions),
        ("Crash", "crash", crash),
        ("Faults of every kind", "faults", faults),
        ("Drain", "drain", report_messages.drain),
        ("Events to receivers", "webhooks", report_events.webhooks),
        ("A receiver that flaps", "flapping", report_events.flapping),
        ("Dead endpoints", "dead", report_events.dead),
        ("Streams", "live", report_events.live),
        ("Received while hosts are killed", "inbound", report_events.inbound),
    )
    for title, name, rows in tables:
        found = read(name)
        try:
            yield Part(title, name, found, tuple(rows(found)) if found else ())
        except KeyError:  # an older version of the part left other figures
            yield Part(title, name, None, ())


HEAD = """# What was measured

Written by `make bench`; nothing here is typed by hand. Trust the ratios: both sides of each were measured in
the same run on the same machine. One part alone: `python -m bench.accept` (or `newcomer`, `through`, `sessions`,
`crash`, `drain`, `webhooks`, `flapping`, `dead`, `live`, `inbound`), then `python -m bench.report`."""

NOTES = """## How to read this

- Everything runs on one machine: load generator, sandbox network, phones and product share its cores. Accept pins the
  product to the first core and the load to the last. Through pins the network and the load to the last core and leaves
  every core to the product, and to the library alone it is compared with.
- The network is the sandbox on loopback. It says nothing about the rates WhatsApp would bear, which are far lower.
- "Library alone" is a loop around neonize's own SendMessage: no database, no journal, no HTTP, no outcome kept.
- `load` is the machine's load average when a part ended. *busy*: so far above the number of cores that something else
  ran beside it. *n changes since*: commits to the product after the one that was measured, when this page was written.
- A crash run is judged by the phones: what they decrypted, in which order, against what the callers were told and what
  the API says became of it.
- Receivers of events share the benchmark's process, and its clock with the product. What should have come is read from
  the outbox in the product's database; an event counts as taken when it was answered with 200. Retries keep the
  documented schedule, nothing is sped up. The clock of an event starts with the time written in it."""


def _glance(parts: Iterable[Part]) -> str:
    """Every figure that has a goal, in one table."""
    return "\n".join(["## Goals", "", *_table(GLANCE, (line for part in parts for line in _goals(part)))])


def _goals(part: Part) -> Iterator[tuple[str, ...]]:
    place = f"[{part.title}](#{part.title.lower().replace(' ', '-')})"
    if part.found is None:
        yield place, "not measured", "", "", "", "", ""
        return
    when, load = _when(part.found), _load(part.found)
    for row in part.rows:
        if row.met is not None:
            yield place, row.what, row.goal, row.figure, "yes" if row.met else "**no**", when, load


def _when(found: Found) -> str:
    since = changes_since(str(found.get("commit", "")))
    return str(found["at"]) + (f", {since} changes since" if since else "")


def _load(found: Found) -> str:
    busy = found["load"] > BUSY * (os.cpu_count() or 1)
    return f"{found['load']:.1f}" + (", busy" if busy else "")


def _section(part: Part) -> str:
    if part.found is None:
        return f"## {part.title}\n\nNot measured. `python -m bench {part.name}` does it."
    found = part.found
    when = f"{_when(found)}; commit {found.get('commit') or 'unknown'}; load {_load(found)}"
    return "\n".join([f"## {part.title}", "", when, "", *_table(DETAIL, (row[:4] for row in part.rows))])


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (columns, ("---",) * len(columns), *rows)]


def _machine(found: Found | None) -> str:
    if found is None:
        return "## Machine\n\nNot measured. `python -m bench machine` does it."
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


if __name__ == "__main__":
    print(write())
