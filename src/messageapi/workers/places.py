"""How many requests a worker makes at once, and that no account takes all of them: where one account's receivers are
slow, the others' events must not wait.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from weakref import WeakValueDictionary

SHARE = 4
"""An account has up to a fourth."""


class Places:
    """Whoever waits for its account's share waits there, and keeps nobody else."""

    def __init__(self, most: int) -> None:
        self._all = asyncio.Semaphore(most)
        self._share = max(1, most // SHARE)
        self._of_accounts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def taken(self, account_id: str) -> AsyncIterator[None]:
        mine = self._of_accounts.setdefault(account_id, asyncio.Semaphore(self._share))
        async with mine, self._all:
            yield
