"""Commands to hosts that are under way: at most one a number, a few a host, given up when the host is gone."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, KeysView

from messageapi import logs
from messageapi.errors import DoorError

AT_ONCE = 2  # a host opens one session at a time: what waits here does not run into its deadline there
_log = logs.log("placer")


class Commands:
    """Keeps the tasks, so that none is lost and no number gets two commands at once."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._hosts: dict[str, str] = {}
        self._room: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))

    @property
    def busy(self) -> KeysView[str]:
        return self._tasks.keys()

    def begin(self, number_id: str, host_id: str, command: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(self._carried_out(host_id, command), name=f"command-{number_id}")
        self._tasks[number_id] = task
        self._hosts[number_id] = host_id
        task.add_done_callback(lambda done: self._ended(number_id, done))

    async def _carried_out(self, host_id: str, command: Coroutine[None, None, None]) -> None:
        try:
            async with self._room[host_id]:
                await command
        except DoorError as problem:
            _log.warning("a command was not finished", host=host_id, code=problem.code)
        finally:
            command.close()  # cancelled while it waited for room, it never began

    def _ended(self, number_id: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(number_id) is task:
            del self._tasks[number_id]
            del self._hosts[number_id]

    async def cancel_to(self, host_id: str) -> None:
        """Nobody is there to answer any more."""
        await _cancelled([self._tasks[number] for number, host in self._hosts.items() if host == host_id])
        self._room.pop(host_id, None)

    async def cancel_all(self) -> None:
        await _cancelled(list(self._tasks.values()))

    async def settle(self) -> None:
        """Return when none is under way."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
