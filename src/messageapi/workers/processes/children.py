"""A child process: told what it needs on stdin, waited for until it says `ready`, never outliving its parent."""

import asyncio
import contextlib
import os
import sys

from messageapi import logs
from messageapi.bus.server import LAUNCHER
from messageapi.errors import DoorError
from messageapi.workers.processes.recipes import Recipe

READY_DEADLINE_S = 25.0
LIBRARY_UNUSABLE = 3  # exit code of an engine host that cannot load its protocol library
_READ_SIZE = 65_536
_log = logs.log("supervisor")


class ChildError(DoorError):
    """A child did not start. Codes: not_ready, exited, library_unusable, no_program."""


class Child:
    """One running process. Its stdout is thrown away after `ready`: libraries print credentials there."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process
        self._draining: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        return self._process.pid

    @classmethod
    async def start(cls, recipe: Recipe, deadline_s: float = READY_DEADLINE_S) -> "Child":
        """Raise ChildError when it does not say `ready` in time; it is gone then."""
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", "-c", LAUNCHER, str(os.getpid())),
                *recipe.command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=dict(recipe.environment),
                start_new_session=True,  # Ctrl-C in the terminal is for the parent, which stops its children in order
            )
        except OSError as problem:
            detail = f"{recipe.name} cannot be started: {problem.strerror}"
            raise ChildError("no_program", detail, permanent=True) from None
        child = cls(recipe.name, process)
        try:
            await child._become_ready(recipe.first_line, deadline_s)
        except BaseException:
            await child.kill()
            raise
        return child

    async def _become_ready(self, first_line: bytes, deadline_s: float) -> None:
        try:
            async with asyncio.timeout(deadline_s):
                await self._tell(first_line)
                said = await self._until_ready()
        except TimeoutError:
            detail = f"{self.name} was not ready within {deadline_s:g} s"
            raise ChildError("not_ready", detail, permanent=False) from None
        if not said:
            code = await self._process.wait()
            if code == LIBRARY_UNUSABLE:
                raise ChildError("library_unusable", f"{self.name} cannot load its library", permanent=True)
            raise ChildError("exited", f"{self.name} ended with code {code} before it was ready", permanent=False)
        self._draining = asyncio.create_task(self._drain(), name=f"drain-{self.pid}")

    async def _tell(self, first_line: bytes) -> None:
        if self._process.stdin is None:
            return
        # a child that has ended already; uvloop says so with a RuntimeError
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, RuntimeError):
            self._process.stdin.write(first_line)
            await self._process.stdin.drain()
            self._process.stdin.close()

    async def _until_ready(self) -> bool:
        try:
            while self._process.stdout and (line := await self._process.stdout.readline()):
                if line.strip() == b"ready":
                    return True
        except ValueError:  # a line without end: not one of ours
            await self.kill()
        return False

    async def _drain(self) -> None:
        while self._process.stdout and await self._process.stdout.read(_READ_SIZE):
            pass

    async def wait(self) -> int:
        """Its exit code; negative when a signal ended it."""
        return await self._process.wait()

    async def stop(self, grace_s: float) -> bool:
        """Ask it to leave, then make it. True when it left by itself."""
        if self._process.returncode is not None:
            return True
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(grace_s):
                await self._process.wait()
        except TimeoutError:
            _log.warning("a child did not stop in time", child=self.name, pid=self.pid)
            await self.kill()
            return False
        return True

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        if self._draining:
            self._draining.cancel()
