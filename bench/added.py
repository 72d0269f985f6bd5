"""Several runs of troubles as one: `python -m bench.added FILE ...`. A long run may be made in pieces, each on its own
seed.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from bench.outcome import say

Run = dict[str, Any]


def added(runs: list[Run]) -> Run:
    """Kills, counts, faults and seconds are sums; load and the wait for the end are the worst of them."""
    kills: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    faults: Run = {}
    for run in runs:
        kills.update(run["kills"])
        counts.update(run["counts"])
        for kind, fault in run["faults"].items():
            known = faults.setdefault(kind, {"count": 0, "examples": []})
            known["count"] += fault["count"]
            known["examples"] += fault.get("examples", [])
    seconds = sum(run["seconds"] for run in runs)
    return {
        "at": max(run["at"] for run in runs),
        "commit": ", ".join(sorted({run["commit"] for run in runs})),
        "load": max(run["load"] for run in runs),
        "seed": f"{', '.join(str(run['seed']) for run in runs)} ({len(runs)} runs)",
        "plant": "",
        "kills": dict(kills),
        "seconds": round(seconds, 1),
        "posts_per_second": round(counts["posts"] / seconds, 1),
        "drain_s": max(run["drain_s"] for run in runs),
        "good": all(run["good"] for run in runs),
        "counts": dict(counts),
        "faults": faults,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="+", type=Path)
    say("faults", added([json.loads(file.read_text()) for file in parser.parse_args().file]))
