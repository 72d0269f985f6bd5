"""Group commit: all waiting work goes into one transaction and one fsync, and nobody is answered before that.

Work may run more than once (after a rollback): it changes nothing outside the database except by Tx.after_commit.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar, cast

from messageapi.logs import log
from messageapi.store.errors import HALTING, StoreError, must_repeat, store_error, understood
from messageapi.store.tx import Tx
from messageapi.store.writing.commit import Committed
from messageapi.store.writing.group import Late
from messageapi.store.writing.jobs import Batch, Job, Part, gathered

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")

QUEUE_LIMIT = 10_000  # items that may wait; more are refused and certainly not processed
GROUP_LIMIT = 512  # items in one transaction: bounds how long the first of them waits
WORK_DEADLINE_S = 10.0
PROBE_EVERY_S = 1.0
REPEATS = 3


class Committing(Protocol):
    """Makes one transaction of the parts of a group."""

    async def commit(self, parts: Sequence[Part], deadline_s: float) -> Committed: ...
    async def disconnect(self, deadline_s: float, *, broken: bool) -> None: ...


class Writer:
    """The only one who writes. Callers wait; a caller that is cancelled does not disturb the group it travels in."""

    def __init__(self, committer: Committing, probe: Callable[[], Awaitable[None]]) -> None:
        self._committer = committer
        self._probe = probe
        self._waiting: deque[Job] = deque()
        self._waiting_items = 0
        self._wake = asyncio.Event()
        self._closing = False
        self._probing: asyncio.Task[None] | None = None
        self.halted: StoreError | None = None
        self.on_events: Callable[[str], None] = _nobody_listens
        """Called with each account that has new events in the outbox, once they are on the disk."""
        self.queue_limit = QUEUE_LIMIT
        self.work_deadline_s = WORK_DEADLINE_S
        self.probe_every_s = PROBE_EVERY_S
        self._task = asyncio.create_task(self._serve(), name="store-writer")

    async def run(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Its own savepoint inside the group; an exception fails only this caller."""

        async def solo(tx: Tx, _: Sequence[None]) -> Sequence[T]:
            return [await work(tx)]

        return cast("T", await self._submit(solo, (None,), many=False))

    async def join(
        self, batch: Callable[[Tx, Sequence[A]], Awaitable[Sequence[B | Exception]]], item: A, *, last: bool = False
    ) -> B:
        """Share one call of `batch` with everybody who waits with the same function. `last`: after all other work."""
        return cast("B", await self._submit(batch, (item,), many=False, last=last))

    async def join_many(
        self, batch: Callable[[Tx, Sequence[A]], Awaitable[Sequence[B | Exception]]], items: Sequence[A]
    ) -> list[B | Exception]:
        if not items:
            return []
        return cast("list[B | Exception]", await self._submit(batch, items, many=True))

    async def close(self) -> None:
        """Finish what is queued, refuse the rest."""
        self._closing = True
        self._wake.set()
        if self._probing:
            self._probing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self._committer.disconnect(self.work_deadline_s, broken=False)

    def _submit(
        self, batch: Batch, items: Sequence[object], *, many: bool, last: bool = False
    ) -> "asyncio.Future[object]":
        if _inside(self._task):
            raise RuntimeError("work cannot wait for the writer that runs it: use the Tx it was given")
        if self._closing:
            raise store_error("closed")
        if self.halted:
            raise store_error(self.halted.code, self.halted.detail)
        if self._waiting_items + len(items) > self.queue_limit:
            raise store_error("overloaded")
        job = Job(batch, items, many, asyncio.get_running_loop().create_future(), last)
        self._waiting.append(job)
        self._waiting_items += len(items)
        self._wake.set()
        return job.answer

    async def _serve(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while jobs := self._take():
                try:
                    await self._settle(jobs)
                except Exception as problem:  # noqa: BLE001 - a fault here must not leave anybody waiting for ever
                    log("store").error("writer_fault", cause=type(problem).__name__)
                    _fail(jobs, problem)
            if self._closing:
                return

    def _take(self) -> list[Job]:
        """Natural batching: everything that came while the last group was being committed."""
        jobs: list[Job] = []
        room = GROUP_LIMIT
        while self._waiting and (room >= len(self._waiting[0].items) or not jobs):
            job = self._waiting.popleft()
            self._waiting_items -= len(job.items)
            if not job.answer.done():  # cancelled before it began: not done at all
                jobs.append(job)
                room -= len(job.items)
        return jobs

    async def _settle(self, jobs: list[Job], attempt: int = 1) -> None:
        try:
            parts = gathered(jobs)
            answers, actions, emitted = await self._committer.commit(parts, self.work_deadline_s)
        except Late as late:
            log("store").error("work_too_slow", deadline_s=self.work_deadline_s, jobs=len(late.part.jobs))
            _fail(late.part.jobs, store_error("too_slow"))
            await self._one_by_one([job for job in jobs if job not in late.part.jobs])
        except Exception as problem:  # noqa: BLE001 - whatever it is, every caller of the group must hear of it
            await self._recover(jobs, problem, attempt)
        else:
            for action in actions:
                _act(action)
            for account_id in emitted:
                _act(partial(self.on_events, account_id))
            for part, results in zip(parts, answers, strict=True):
                part.settle(results)

    async def _recover(self, jobs: list[Job], problem: Exception, attempt: int) -> None:
        trouble = understood(problem)
        if trouble:
            await self._committer.disconnect(self.work_deadline_s, broken=True)
            _fail(jobs, trouble)
            if trouble.code in HALTING:
                self._halt(trouble)
        elif len(jobs) > 1:
            await self._one_by_one(jobs)
        elif must_repeat(problem) and attempt < REPEATS:
            await self._settle(jobs, attempt + 1)
        else:
            jobs[0].fail(problem)

    async def _one_by_one(self, jobs: list[Job]) -> None:
        for job in jobs:
            if self.halted:
                job.fail(store_error(self.halted.code, self.halted.detail))
            else:
                await self._settle([job])

    def _halt(self, trouble: StoreError) -> None:
        log("store").error("writing_stopped", code=trouble.code, detail=trouble.detail)
        self.halted = trouble
        while self._waiting:
            self._waiting.popleft().fail(store_error(trouble.code, trouble.detail))
        self._waiting_items = 0
        if trouble.code != "corrupt" and not self._closing:  # a damaged file does not heal by itself
            self._probing = asyncio.create_task(self._until_well(), name="store-probe")

    async def _until_well(self) -> None:
        while self.halted:
            await asyncio.sleep(self.probe_every_s)
            try:
                async with asyncio.timeout(self.work_deadline_s):
                    await self._probe()
            except Exception as problem:  # noqa: BLE001 - a probe that gives up would stop the product for good
                log("store").warning("still_failing", cause=type(problem).__name__)
            else:
                self.halted = None
                log("store").info("writing_resumed")


def _inside(task: asyncio.Task[None]) -> bool:
    try:
        return asyncio.current_task() is task
    except RuntimeError:  # on the thread that runs the work
        return True


def _fail(jobs: list[Job], problem: Exception) -> None:
    for job in jobs:
        job.fail(problem)


def _nobody_listens(_: str) -> None:
    pass


def _act(action: Callable[[], None]) -> None:
    try:
        action()
    except Exception as problem:  # noqa: BLE001 - the work is committed; a failing doorbell must not deny it
        log("store").error("after_commit_failed", cause=type(problem).__name__)
