"""One connect or stop at a time in the whole process, and no burst of reconnects.

The protocol library keeps its clients in maps without a lock: two changes at once end the process.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_AGAIN_APART_S = 0.1
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0


class Turns:
    """Waiting in line is fair: first come, first served."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._again_at = 0.0

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        async with self._lock:
            yield

    async def budget(self) -> None:
        """Wait until this host may try another connection again: ten a second, whatever the number of sessions."""
        now = time.monotonic()
        self._again_at = max(now, self._again_at + _AGAIN_APART_S)
        await asyncio.sleep(self._again_at - now)


class Backoff:
    """Pauses that double up to 30 s, each spread over its upper half."""

    def __init__(self) -> None:
        self._failures = 0

    def next(self) -> float:
        pause = min(_FIRST_PAUSE_S * (1 << min(self._failures, 10)), _LONGEST_PAUSE_S)
        self._failures += 1
        return pause * random.uniform(0.5, 1.0)  # noqa: S311 - spreads a fleet, guards nothing

    def reset(self) -> None:
        self._failures = 0
