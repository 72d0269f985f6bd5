"""Keeps one child running: starts it again when it ends, after a pause that grows while it keeps ending."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from messageapi import logs
from messageapi.workers.processes.children import Child, ChildError
from messageapi.workers.processes.recipes import Recipe

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
STEADY_S = 30.0  # whoever ran this long starts with the shortest pause again
MISSING_PAUSE_S = 60.0  # a library is missing: look again now and then, it may have been installed

_SENTENCES = {
    "library_unusable": "The WhatsApp engine's library is missing or another than this version needs. "
    "Install the locked requirements; it starts by itself then."
}
_log = logs.log("supervisor")


class Keeper:
    """`recipe` is asked anew for every start; `ended` is told after each end, with a code."""

    def __init__(self, recipe: Callable[[], Recipe], ended: Callable[[str], Awaitable[None]]) -> None:
        self._recipe = recipe
        self._ended = ended
        self._child: Child | None = None
        self._pause = FIRST_PAUSE_S
        self._said: str | None = None
        self._running = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep(), name="keeper")

    async def ready(self, timeout_s: float) -> bool:
        """True as soon as the child runs."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._running.wait()
        except TimeoutError:
            return False
        return True

    async def kill(self) -> None:
        """End the child now; it is started again like after any other end."""
        if self._child:
            await self._child.kill()

    async def stop(self, grace_s: float) -> None:
        child = self._child
        if self._task:
            self._task.cancel()  # while a child is starting this kills it
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if child:
            await child.stop(grace_s)

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            code = await self._run_once()
            await self._ended(code)
            if loop.time() - started > STEADY_S:
                self._pause = FIRST_PAUSE_S
            await asyncio.sleep(MISSING_PAUSE_S if code == "library_unusable" else self._pause)
            self._pause = min(LONGEST_PAUSE_S, self._pause * 2)

    async def _run_once(self) -> str:
        """Start it and wait for its end; the code of that."""
        recipe = self._recipe()
        try:
            self._child = await Child.start(recipe)
        except ChildError as problem:
            self._say(recipe.name, problem)
            return problem.code
        _log.info("child started", child=recipe.name, pid=self._child.pid)
        self._said = None
        self._running.set()
        code = await self._child.wait()
        self._running.clear()
        self._child = None
        _log.error("a child has ended and is started again", child=recipe.name, exit_code=code, pause_s=self._pause)
        return "exited"

    def _say(self, name: str, problem: ChildError) -> None:
        """The same trouble is told once, not at every try."""
        if self._said != problem.code:
            _log.error(_SENTENCES.get(problem.code, problem.detail), child=name, code=problem.code)
        self._said = problem.code
