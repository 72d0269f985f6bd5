"""The tables of results.md that are about a newcomer, messages, sessions and crashes."""

from collections.abc import Iterable
from statistics import median

from bench.row import Found, Row

TWO_MINUTES_S, START_S, STOP_S = 120, 5, 5


def newcomer(found: Found) -> Iterable[Row]:
    one = found["console"]
    total, again, stop = one["total_s"], one["second_start_s"], one["stop_s"]
    parts = (("set_up_s", "setting up"), ("first_start_s", "the first start"), ("first_message_s", "sending"))
    spent = ", ".join(f"{name} {one[part]} s" for part, name in parts)
    yield Row(
        "from `git clone` to the first message at the phone", f"{total} s", "< 120 s", spent, total < TWO_MINUTES_S
    )
    if browser := found["browser_s"]:
        rounds = f"rounds: {', '.join(map(str, browser))}; a person reads and types besides"
        took = median(browser)
        what = "in a browser, from the sign-up form to the first message read"
        yield Row(what, f"{took} s", "< 120 s", rounds, took < TWO_MINUTES_S)
    yield Row("second `make serve`", f"{again} s", "< 5 s", "until it has said everything", again < START_S)
    yield Row("Ctrl-C", f"{stop} s", "< 5 s", "until everything has ended, the slower of two", stop < STOP_S)


def accept(found: Found) -> Iterable[Row]:
    ours, bare = found["product"], found["bare"]
    rate, rounds = ours["per_second"], ", ".join(map(str, found["product_rounds"]))
    yield Row("durable POST /api/v1/messages", f"{rate:.0f}/s", "1,000/s", f"rounds: {rounds}", rate >= 1_000)
    yield Row("p50 / p95 / p99", _times(ours), "p99 < 50 ms", f"{found['callers']} callers", ours["p99_ms"] < 50)
    yield Row("bare route that stores nothing", f"{bare['per_second']:.0f}/s", "-", f"p99 {bare['p99_ms']} ms")
    yield Row("product / bare", f"{found['ratio']:.2f}", "-", "same web server, same core, same load")


def _times(found: Found) -> str:
    return " / ".join(f"{found[name]:.1f}" for name in ("p50_ms", "p95_ms", "p99_ms")) + " ms"


def through(found: Found) -> Iterable[Row]:
    for side in (found["many"], found["one"]):
        numbers, last, ratio = side["numbers"], side["through"][-1], side["ratio"]
        alone = f"{side['alone_per_second']:.0f}/s"
        yield Row(f"library alone, {_of(numbers)}", alone, "-", _spent(side["alone"][-1]))
        yield Row(f"POST to phone, {_of(numbers)}", f"{side['through_per_second']:.0f}/s", "-", _spent(last))
        stored = f"read stored: {last['read_per_second']}/s"
        goal, met = ("0.80", ratio >= 0.8) if numbers > 1 else ("-", None)
        yield Row(f"product / library, {_of(numbers)}", f"{ratio:.2f}", goal, stored, met)
    send = found["send"]
    about, rate = f"{send['callers']} callers, {_of(send['numbers'])}", send["per_second"]
    yield Row("synchronous POST /api/v1/send", f"{rate:.0f}/s", "650/s", about, rate >= 650)
    yield Row("its p50 / p95 / p99", _times(send), "p99 < 60 ms", _spent(send, send["requests"]), send["p99_ms"] < 60)


def _of(numbers: int) -> str:
    return f"{numbers} number" + "s" * (numbers != 1)


def _spent(found: Found, messages: int = 0) -> str:
    count = messages or found["messages"]
    return "CPU ms a message: " + ", ".join(f"{name} {s * 1000 / count:.2f}" for name, s in found["cpu_s"].items())


def sessions(found: Found) -> Iterable[Row]:
    for row in [*found["rows"], found["after_kill"]]:
        again = " after a kill" if row is found["after_kill"] else ""
        shown = f"{row['rss_mb']} MB RSS, {row['uss_mb']} MB USS"
        files = f"{row['threads']} threads, {row['fds']} files"
        yield Row(f"host with {_of(int(row['numbers']))}{again}", shown, "-", files)
    each = f"{found['rss_mb_each']} MB RSS, {found['uss_mb_each']} MB USS"
    threads = f"{found['threads_each']} threads"
    yield Row("each session beside the base of its host", each, "< 1.5 MB", threads, found["rss_mb_each"] < 1.5)
    back = f"{found['back_online_s']} s online, {found['back_connected_s']} s shown connected"
    yield Row("all back after `kill -9` of the host", back, "-", _linking(found))


def _linking(found: Found) -> str:
    failed = sum(found["failed_links"].values())
    return f"linking them all took {found['linking_s']} s; {failed} linkings failed and were repeated"


def crash(found: Found, planted: dict[str, Found], goal: int) -> Iterable[Row]:
    counts, kills = found["counts"], found["kills"]
    killed = ", ".join(f"{count} x {name}" for name, count in sorted(kills.items()))
    load = f"{found['posts_per_second']}/s for {found['seconds']} s"
    made, broken = sum(kills.values()), sum(fault["count"] for fault in found["faults"].values())
    yield Row("troubles made", str(made), f"{goal:,}", f"{killed}; seed {found['seed']}; {load}", made >= goal)
    yield Row("promises broken", str(broken), "0", _faults(found), not broken)
    answered = f"{counts['posts_accepted']} / {counts.get('posts_unanswered', 0)}"
    yield Row(
        "answered 202 / unanswered", answered, "-", f"{counts['unanswered_but_stored']} of the unanswered are stored"
    )
    unconfirmed = str(counts.get("status_unconfirmed", 0))
    yield Row("unconfirmed", unconfirmed, "-", f"{counts['unconfirmed_but_arrived']} had arrived")
    waits = f"nothing waits {found['drain_s']} s after the last kill"
    ended = not [kind for kind in found["faults"] if kind.startswith("left in")]
    yield Row("statuses at the end", _statuses(counts), "true ends", waits, ended)
    for plant, other in planted.items():
        seen = "NOT FOUND" if other["good"] else "found"
        yield Row(f"with a planted fault ({plant})", seen, "found", _faults(other), not other["good"])


def drain(found: Found) -> Iterable[Row]:
    waiting = f"{found['messages']} messages, {_of(found['numbers'])}"
    ratio, first = found["ratio"], found["first_after_listening_s"]
    whole = found["messages"] >= 1_000 and found["numbers"] >= 100  # a few leave in an instant, which says nothing
    yield Row("steady rate", f"{found['steady_per_second']:.0f}/s", "-", waiting)
    drained = f"{found['drain_per_second']:.0f}/s"
    yield Row("drained after a restart", drained, "-", "first to last arrival at the phones")
    lost = ", ".join(found["faults"]) or "none lost, none twice"
    met = ratio >= 0.8 and not found["faults"] if whole else None
    yield Row("drained / steady", f"{ratio:.2f}", "0.80", lost, met)
    after = f"{found['first_after_launch_s']} s after the process was started"
    yield Row("first one out", f"{first} s", "< 3 s", f"after listening; {after}", first < 3)


def _statuses(counts: dict[str, int]) -> str:
    named = {name.removeprefix("status_"): count for name, count in counts.items() if name.startswith("status_")}
    return ", ".join(f"{count} {name}" for name, count in named.items())


def _faults(found: Found) -> str:
    return ", ".join(f"{fault['count']} {kind}" for kind, fault in found["faults"].items()) or "none"
