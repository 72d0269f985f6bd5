"""The product without its growing pause before an engine host is started again: `python -m bench.restarts serve`.

A host that is killed every few seconds looks to its keeper like one that cannot run, and is given up to half a minute
of rest each time. Half an hour would pass between kills; what is measured is what a kill costs, not the rest after it.
"""

from messageapi.cli import main
from messageapi.workers.processes import keeper

if __name__ == "__main__":
    keeper.STEADY_S = 0.0
    main()
