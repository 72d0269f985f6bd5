"""The product without the growing pauses after an engine host that ended: `python -m bench.restarts serve`.

A host that is killed every few seconds looks to its keeper like one that cannot run, and so do its numbers to the
placer: both are given up to half a minute of rest each time. An hour would pass over a hundred kills; what is measured
is what a kill costs, not the rest after it.
"""

from messageapi.cli import main
from messageapi.numbers.placing import plan
from messageapi.workers.processes import keeper

if __name__ == "__main__":
    keeper.STEADY_S = 0.0
    plan.LONGEST_DELAY_MS = plan.FIRST_DELAY_MS
    main()
