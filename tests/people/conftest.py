"""The doors on each kind of database, and people who come in through them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from messageapi.notices.enqueue import opened
from messageapi.notices.facts import kind_of
from messageapi.people.logins.session import Begun, SignedIn, resolve
from messageapi.people.logins.sign_in import NeedsSecond, sign_in
from messageapi.people.person import Newcomer, SeenFrom
from messageapi.people.sign_up import sign_up, verify
from messageapi.settings import Settings
from messageapi.store.db import Database
from messageapi.store.tables import notices
from messageapi.web.doors import Doors

HERE = SeenFrom("203.0.113.7", "Firefox")
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True, scope="module")
def hashes(quick_hashes: None) -> None:
    """No test here waits for a password."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path / "data"), sign_up="open")


@pytest.fixture
def database(any_database: Database) -> Database:
    """Everything runs once on each kind."""
    return any_database


@dataclass(frozen=True)
class Letter:
    """What somebody got: to which address, of which kind, and the token in its link."""

    to: str
    kind: str
    token: str


Letters = Callable[[], Awaitable[list[Letter]]]


@pytest.fixture
def letters(doors: Doors) -> Letters:
    """Everything that was written to people so far, oldest first."""

    async def written() -> list[Letter]:
        async with doors.db.reading() as tx:
            found = await tx.rows(select(notices.c.id, notices.c.sealed).order_by(notices.c.created_at, notices.c.id))
        contents = [opened(doors, row.id, row.sealed) for row in found]
        paths = [str(getattr(each.facts, "path", "")) for each in contents]
        return [
            Letter(each.to.email, kind_of(each.facts), path.partition("?token=")[2])
            for each, path in zip(contents, paths, strict=True)
        ]

    return written


class Entrance:
    """Ways in, for a person with PASSWORD at HERE."""

    here = HERE
    password = PASSWORD

    def __init__(self, doors: Doors, letters: Letters) -> None:
        self._doors = doors
        self._letters = letters

    def newcomer(self, name: str, *, password: str = PASSWORD) -> Newcomer:
        return Newcomer(name=name, email=f"{name.lower()}@example.com", password=password)

    async def begun(self, name: str) -> Begun:
        """Somebody signs up and opens the link in the same browser."""
        pending = await sign_up(self._doors, self.newcomer(name), seen_from=HERE)
        token = (await self._letters())[-1].token
        return await verify(self._doors, token, seen_from=HERE, pending=pending)

    async def person(self, name: str) -> SignedIn:
        return await self.who((await self.begun(name)).token)

    async def who(self, token: str) -> SignedIn:
        found = await resolve(self._doors, token)
        assert found is not None
        return found

    async def log_in(self, name: str, password: str = PASSWORD, seen_from: SeenFrom = HERE) -> Begun | NeedsSecond:
        email = f"{name.lower()}@example.com"
        return await sign_in(self._doors, email=email, password=password, seen_from=seen_from)


@pytest.fixture
def entrance(doors: Doors, letters: Letters) -> Entrance:
    return Entrance(doors, letters)
