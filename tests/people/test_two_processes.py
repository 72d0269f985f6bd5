"""Two processes on one PostgreSQL are given the same token at the same moment: one of them acts on it."""

import asyncio
from dataclasses import replace
from typing import Any

from messageapi.accounts.create import create_account
from messageapi.errors import Problem
from messageapi.people.first_start import become_operator, first_start_link
from messageapi.people.logins.session import Begun
from messageapi.store.db import Database
from messageapi.web.doors import Doors


async def test_one_link_makes_one_operator(doors: Doors, any_url: str, entrance: Any) -> None:
    """SQLite has one process and so one writer: there it is the same one twice."""
    other = await Database.open(any_url) if any_url.startswith("postgresql") else doors.db
    both = (doors, replace(doors, db=other))
    account_id = await create_account(doors, name="Operator", email="operator@localhost")
    token = (await first_start_link(doors, account_id) or "").partition("=")[2]
    answers = await asyncio.gather(
        *(
            become_operator(each, token, entrance.newcomer(name), seen_from=entrance.here)
            for each, name in zip(both, ("Olga", "Mallory"), strict=True)
        ),
        return_exceptions=True,
    )
    if other is not doors.db:
        await other.close()
    assert sum(isinstance(answer, Begun) for answer in answers) == 1
    [refused] = [answer for answer in answers if isinstance(answer, Problem)]
    assert refused.code == "link_invalid"
