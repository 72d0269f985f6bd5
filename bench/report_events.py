"""The tables of results.md that are about events: on their way to receivers, and received messages."""

from collections.abc import Iterable

from bench.row import Found, Row

MOST_DEAD_COST = 0.05
KILLS = 100


def webhooks(found: Found) -> Iterable[Row]:
    for step in found["steps"]:
        about = "CPU s: " + ", ".join(f"{name} {seconds}" for name, seconds in step["cpu_s"].items())
        what = f"{step['wanted_per_second']} events/s: event to receiver"
        yield Row(what, f"{step['per_second']}/s came", "-", about)
        shown = f"{step['p50_ms']} / {step['p99_ms']} / {step['max_ms']} ms"
        slowest = max(step["by_type"], key=lambda name: step["by_type"][name]["p99_ms"])
        p99 = step["by_type"][slowest]["p99_ms"]
        yield Row("p50 / p99 / max", shown, "-", f"the slowest are {slowest}: p99 {p99} ms")
    yield _delivered(found)


def flapping(found: Found) -> Iterable[Row]:
    ways = ", ".join(found["ways"])
    pattern = f"up {found['up_s']:g} s, down {found['down_s']:g} s ({ways} in turn)"
    yield _delivered(found)
    yield Row(
        "all of them taken after",
        f"{found['took_s']} s",
        "-",
        f"{pattern}; {found['posting_s']} s of it they happened",
    )
    yield Row(
        "taken while it is up",
        f"{found['taken_per_second_up']}/s",
        "-",
        f"{found['turned_away']} tries were turned away",
    )


def dead(found: Found) -> Iterable[Row]:
    of = f"{found['dead_endpoints']} dead of {found['endpoints']} endpoints"
    for condition, name in (("alive", "all alive"), ("dead", of), ("alone", "the others alone")):
        one = found[condition]
        shown = f"{one['p50_ms']:.0f} / {one['p99_ms']:.0f} ms, burst {one['burst_per_second']:.0f}/s"
        rounds = ", ".join(f"{each['burst_per_second']:.0f}" for each in found["rounds"][condition])
        about = f"{one['cpu_ms']:.2f} ms of the main process each; bursts: {rounds}"
        yield Row(f"{name}: p50 / p99, deliveries to the others", shown, "-", about)
    least, most = found["cost_between"]
    what = "ten dead endpoints of a hundred: their cost to the others, in a burst"
    about = f"beside all alive; rounds from {least:.1%} to {most:.1%}"
    yield Row(what, f"{found['cost']:.1%}", "< 5 %", about, found["cost"] < MOST_DEAD_COST)
    least, most = found["cost_beside_alone_between"]
    about = f"the ten have events and tries too; rounds from {least:.1%} to {most:.1%}"
    yield Row("the same beside the others alone", f"{found['cost_beside_alone']:.1%}", "-", about)
    least, most = found["cpu_cost_beside_alone_between"]
    about = f"which other programs do not disturb; rounds from {least:.1%} to {most:.1%}"
    yield Row("the same in the main process's CPU", f"{found['cpu_cost_beside_alone']:.1%}", "-", about)


def live(found: Found) -> Iterable[Row]:
    shown = f"{found['kb_each']} kB each"
    about = (
        f"the process has {found['rss_mb']} MB, {found['rss_mb_before']} MB before; {found['idle_cpu_share']} of a core"
    )
    yield Row(f"{found['idle']} idle streams", shown, "-", about)
    for step in found["steps"]:
        shown = f"{step['p50_ms']} / {step['p99_ms']} / {step['max_ms']} ms"
        name = f"{step['wanted_per_second']} events/s beside them: event to listener, p50 / p99 / max"
        yield Row(name, shown, "-", f"{step['per_second']}/s came, all of {step['events']}")


def inbound(found: Found) -> Iterable[Row]:
    rests = "" if found["rests"] else "; hosts start again at once"
    load = f"{found['per_second']} messages/s for {found['seconds']} s; seed {found['seed']}{rests}"
    kills = found["kills"]["kill host"]
    yield Row("`kill -9` of the host while phones write", str(kills), str(KILLS), load, kills >= KILLS)
    share = found["lost"]["count"] / max(1, found["sent"])
    about = f"{share:.2%} of {found['sent']}; the library acknowledged them before they were written down"
    yield Row("lost", str(found["lost"]["count"]), "-", about)
    yield Row("not readable", str(found["unreadable"]), "-", "told as message.undecryptable")
    broken = ", ".join(f"{fault['count']} {kind}" for kind, fault in found["faults"].items()) or "none"
    what = "received messages stored or told twice, stored and not told"
    yield Row(what, broken, "none", f"{found['stored']} stored", broken == "none")
    yield _delivered(found["told"])


def _delivered(found: Found) -> Row:
    share = found["taken"] / found["events"] if found["events"] else 0.0
    faults = ", ".join(f"{fault['count']} {kind}" for kind, fault in found["faults"].items())
    about = faults or f"none overtaken in its chat; {found['again']} came again"
    shown = f"{found['taken']} of {found['events']} ({share:.2%})"
    return Row("events in the outbox that were taken, in order", shown, "100 %", about, found["good"])
