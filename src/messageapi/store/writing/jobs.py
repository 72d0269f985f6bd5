"""What waits for the writer: the items one caller brought, and the future that gets their results."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from messageapi.store.tx import Tx

Batch = Callable[[Tx, Sequence[Any]], Awaitable[Sequence[Any]]]


@dataclass(slots=True, eq=False)
class Job:
    """`many`: the caller wants a list in which exceptions stand as values, not one result or one raised exception."""

    batch: Batch
    items: Sequence[object]
    many: bool
    answer: asyncio.Future[Any]
    last: bool = False
    """It wants to see what all others of its group have written."""

    def settle(self, results: list[object]) -> None:
        if self.answer.done():  # the caller was cancelled meanwhile; its work is committed all the same
            return
        if self.many:
            self.answer.set_result(results)
        elif isinstance(results[0], Exception):
            self.answer.set_exception(results[0])
        else:
            self.answer.set_result(results[0])

    def fail(self, problem: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(problem)


class Part:
    """Jobs of one group with the same batch function: they become one call."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.jobs: list[Job] = []
        self.items: list[object] = []

    def add(self, job: Job) -> None:
        self.jobs.append(job)
        self.items.extend(job.items)

    def settle(self, results: Sequence[object]) -> None:
        start = 0
        for job in self.jobs:
            end = start + len(job.items)
            job.settle(list(results[start:end]))
            start = end


def gathered(jobs: list[Job]) -> list[Part]:
    """In order of arrival; a part stands where its first job stood, and those that want to be last come last."""
    parts: dict[Batch, Part] = {}
    for job in sorted(jobs, key=lambda each: each.last):
        part = parts.get(job.batch)
        if part is None:
            part = parts[job.batch] = Part(job.batch)
        part.add(job)
    return list(parts.values())
