"""What a stranger asks costs the same work whether or not somebody has the address: time tells nothing either."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import Delete, Executable, Insert, Update

from messageapi.errors import Problem
from messageapi.people import password as passwords
from messageapi.people.logins.sign_in import sign_in
from messageapi.people.reset import ask_for_reset
from messageapi.people.sign_up import send_again, sign_up
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors

ANOTHER = "another four random words"
Asks = Callable[[str], Awaitable[object]]


class Work:
    """Hashes that were computed, and statements that were run: reads, and writes with their table."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def statement(self, stmt: Executable) -> None:
        if isinstance(stmt, Insert | Update | Delete):
            self.done.append(f"{type(stmt).__name__.lower()} {stmt.table.description}")
        else:
            self.done.append("read")

    def but(self, *tables: str) -> list[str]:
        return [each for each in self.done if not each.endswith(tables)]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    counted, hasher = Work(), passwords._hasher

    class Counting:
        check_needs_rehash = hasher.check_needs_rehash

        def hash(self, password: bytes) -> str:
            counted.done.append("hash")
            return hasher.hash(password)

        def verify(self, known: str, password: bytes) -> bool:
            counted.done.append("hash")
            return hasher.verify(known, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    passwords._nobody.cache_clear()
    for name in ("execute", "rows", "row", "scalar"):
        real = getattr(Tx, name)

        def noted(self: Tx, stmt: Executable, params: Any = None, *, real: Any = real) -> Any:
            counted.statement(stmt)
            return real(self, stmt, params)

        monkeypatch.setattr(Tx, name, noted)
    return counted


async def measured(work: Work, asks: Asks, email: str) -> list[str]:
    """All but the mail to whom it concerns."""
    work.done.clear()
    await asks(email)
    return work.but("notices")


async def test_a_wrong_password_and_an_unknown_email_are_the_same_work(doors: Doors, entrance: Any, work: Work) -> None:
    await entrance.person("Alice")

    async def asks(email: str) -> None:
        with pytest.raises(Problem, match="wrong"):
            await sign_in(doors, email=email, password="not that one", seen_from=entrance.here)

    first = await measured(work, asks, "bob@example.com")
    assert first.count("hash") == 2, "the first since the start makes the hash that stands in for nobody's"
    known = await measured(work, asks, "alice@example.com")
    assert known == await measured(work, asks, "nobody@example.com")
    assert known.count("hash") == 1


async def test_so_it_is_for_the_first_since_the_start(doors: Doors, entrance: Any, work: Work) -> None:
    await entrance.person("Alice")
    with pytest.raises(Problem, match="wrong"):
        await sign_in(doors, email="alice@example.com", password="not that one", seen_from=entrance.here)
    assert work.done.count("hash") == 3, "one to sign up, one that stands in for nobody's, and hers"


async def test_asking_for_a_new_password_is_the_same_work(doors: Doors, entrance: Any, work: Work) -> None:
    await entrance.person("Alice")

    async def asks(email: str) -> None:
        await ask_for_reset(doors, email=email, seen_from=entrance.here)

    known = await measured(work, asks, "alice@example.com")
    assert "insert notices" in work.done
    assert known == await measured(work, asks, "nobody@example.com")
    assert "insert notices" not in work.done
    assert "insert slips" in known


async def test_asking_for_the_mail_again_is_the_same_work(doors: Doors, entrance: Any, work: Work) -> None:
    await entrance.person("Alice")
    await sign_up(doors, entrance.newcomer("Bob"), seen_from=entrance.here)

    async def asks(email: str) -> None:
        await send_again(doors, email=email, pending="x", seen_from=entrance.here)

    waiting = await measured(work, asks, "bob@example.com")
    assert "insert notices" in work.done
    assert waiting == await measured(work, asks, "alice@example.com"), "who has proved the address"
    assert waiting == await measured(work, asks, "nobody@example.com")
    assert "insert notices" not in work.done


async def test_signing_up_hashes_writes_and_mails_whoever_has_the_address(
    doors: Doors, entrance: Any, work: Work
) -> None:
    """What is written differs: an account for who is new. The hash, by far the most of it, and the mail do not."""
    await entrance.person("Alice")
    for name in ("Alice", "Nobody"):
        work.done.clear()
        await sign_up(doors, entrance.newcomer(name, password=ANOTHER), seen_from=entrance.here)
        assert work.done.count("hash") == 1
        assert work.done.count("insert notices") == 1
