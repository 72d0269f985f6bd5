"""How many people a number asked about, on each kind of database: whoever asks at the same time counts as well."""

import asyncio

import pytest

from messageapi.contacts import quota
from messageapi.errors import Problem
from messageapi.web.doors import Doors


async def test_asking_at_once_counts_together(doors: Doors, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "MOST_AN_HOUR", 5)
    asked = await asyncio.gather(*(quota.take(doors, number, 2) for _ in range(4)), return_exceptions=True)
    refused = [each for each in asked if each is not None]
    assert [each.code for each in refused if isinstance(each, Problem)] == ["too_many_checks"] * 2
    await quota.take(doors, number, 1)
    with pytest.raises(Problem):
        await quota.take(doors, number, 1)
