"""Runs every part in a process of its own and writes results.md: `python -m bench [PART ...] [--quick]`.

`--quick` takes minutes off and weight from the figures: for seeing that everything works.
"""

import argparse
import subprocess
import sys

from bench.judge import BROKEN
from bench.processes import ROOT
from bench.report import write

PLANT = "--plant"
TROUBLE = ("crash", "--all", "--rate", "200", "--numbers", "8", "--longest", "1.5")
FAULTS = (
    ("crash", "--kills", "10", PLANT, "ack-before-commit"),
    ("crash", "--kills", "8", "--only", "kill host", "--ack-delay", "200", "--rate", "15", PLANT, "try-again"),
    ("crash", "--kills", "4", PLANT, "backwards"),
)
"""Each puts a fault into the product; what the phones then show must be seen by the judge."""
PARTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "machine": (("machine",),),
    "newcomer": (("newcomer",),),
    "accept": (("accept",),),
    "through": (("through",),),
    "sessions": (("sessions",),),
    "crash": (("crash",), *FAULTS),
    "faults": ((*TROUBLE, "--kills", "1000"),),
    "drain": (("drain",),),
    "webhooks": (("webhooks",),),
    "flapping": (("flapping",),),
    "dead": (("dead",),),
    "live": (("live",),),
    "inbound": (("inbound",),),
}
QUICK: dict[str, tuple[tuple[str, ...], ...]] = {
    "machine": (("machine",),),
    "newcomer": (("newcomer", "--rounds", "1"),),
    "accept": (("accept", "--total", "2000", "--rounds", "1"),),
    "through": (("through", "--messages", "1200", "--rounds", "1"),),
    "sessions": (("sessions", "--steps", "0", "2", "4"),),
    "crash": (("crash", "--kills", "4"), *FAULTS),
    "faults": ((*TROUBLE, "--kills", "20"),),
    "drain": (("drain", "--numbers", "10", "--messages", "200"),),
    "webhooks": (("webhooks", "--rates", "100", "--seconds", "10"),),
    "flapping": (("flapping", "--events", "4000", "--rate", "200"),),
    "dead": (("dead", "--seconds", "2", "--burst", "30", "--rounds", "3"),),
    "live": (("live", "--idle", "200", "--rates", "100", "--seconds", "5"),),
    "inbound": (("inbound", "--kills", "4"),),
}


def main() -> int:
    """0 when every part ran and kept its promises; a planted fault has to be found."""
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    wrong = [part for part in given.parts or PARTS for command in _commands(part, given.quick) if not _right(command)]
    print(f"written: {write()}")
    if wrong:
        print(f"went wrong: {', '.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


def _commands(part: str, quick: bool) -> tuple[tuple[str, ...], ...]:
    return (QUICK if quick else PARTS)[part]


def _right(command: tuple[str, ...]) -> bool:
    """A run with a fault put in has to find promises broken, all others have to keep them."""
    print(f"== {' '.join(command)}", flush=True)
    part, *options = command
    done = subprocess.run([sys.executable, "-m", f"bench.{part}", *options], cwd=ROOT, check=False)
    return done.returncode == (BROKEN if PLANT in options else 0)
