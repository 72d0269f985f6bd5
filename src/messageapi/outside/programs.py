"""Run a program over a file: few at once, bounded in time and in what it may answer. It gets nothing of ours to see."""

import asyncio
import contextlib
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from typing import IO, NamedTuple

from messageapi.outside.errors import OutsideError
from messageapi.outside.scratch import scratch

AT_ONCE = 2
QUEUE_S = 60.0
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}


class Bounds(NamedTuple):
    """`output`: most bytes of its answer."""

    seconds: float
    output: int


class Programs:
    """What the program may do otherwise (memory, files, sockets) it limits itself, before it looks at the bytes."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = asyncio.Semaphore(at_once)

    async def run(self, command: Sequence[str], given: AsyncIterator[bytes], bounds: Bounds) -> bytes:
        """Its standard output; `given` becomes its standard input, a file it can seek in. Raise OutsideError.

        Nothing is taken from `given` before there is a place: what waits does not fill the memory.
        """
        async with self._place():
            with scratch() as file:
                async for chunk in given:
                    file.write(chunk)
                return await self._run(command, file, bounds)

    @staticmethod
    async def _run(command: Sequence[str], given: IO[bytes], bounds: Bounds) -> bytes:
        given.flush()
        given.seek(0)
        process = await asyncio.create_subprocess_exec(
            *command, stdin=given, stdout=PIPE, stderr=DEVNULL, env=_ENVIRONMENT, cwd="/", start_new_session=True
        )
        try:
            async with asyncio.timeout(bounds.seconds):
                return await _answer(process, bounds.output)
        except TimeoutError:
            raise OutsideError("too_slow", "A program took too long and was ended.") from None
        finally:
            await _ended(process)

    @contextlib.asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(QUEUE_S):
                await self._places.acquire()
        except TimeoutError:
            raise OutsideError("busy", "All places for programs stay taken.") from None
        try:
            yield
        finally:
            self._places.release()


async def _answer(process: Process, most: int) -> bytes:
    if process.stdout is None:
        raise AssertionError("started without a pipe")
    parts, size = [], 0
    while part := await process.stdout.read(1 << 16):
        size += len(part)
        if size > most:
            raise OutsideError("too_large", "A program answered with more than allowed.")
        parts.append(part)
    if await process.wait():
        raise OutsideError("program_failed", "A program failed.")
    return b"".join(parts)


async def _ended(process: Process) -> None:
    """Shielded: also when whoever waits is cancelled, no program stays behind."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(process.wait())
