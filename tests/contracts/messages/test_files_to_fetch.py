"""Files that are fetched by themselves, on each kind of database: each is given to one, and to all in turn."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from messageapi.engines.port import Inbound
from messageapi.messages.following.events import News, apply
from messageapi.messages.inbound_media.automatic import HOLD_MS, claim
from messageapi.messages.inbound_media.find import brought
from messageapi.messages.inbound_media.rows import waiting
from messageapi.store.db import Tx
from messageapi.store.tables import downloads, numbers
from messageapi.vocab.caller import Caller
from messageapi.vocab.content import Image, Letter, Media, Remote
from messageapi.web.doors import Doors

Came = Callable[[int], Awaitable[list[str]]]


@pytest.fixture
def came(doors: Doors, alice: Caller, number: str) -> Came:
    """So many pictures on a number that has them fetched."""

    async def receive(count: int) -> list[str]:
        letter = Letter(content=Image(media=_media()))
        pictures = [
            Inbound(f"IN{n}", "77@lid", "77@lid", "", "77@lid", "Dana", "image", letter, doors.clock())
            for n in range(count)
        ]
        news = [News(number, alice.account_id, await doors.keyring.sealer(alice.account_id), pictures)]

        async def work(tx: Tx) -> list[str]:
            await tx.execute(update(numbers).where(numbers.c.id == number).values(auto_download="all"))
            return list(await apply(tx, doors.clock(), 72, news))

        return await doors.db.writer.run(work)

    return receive


def _media() -> Media:
    lies = Remote(kind="image", path="/v/1", key=bytes(32), enc_sha256=bytes(32))
    return Media(name="", key=b"", sha256=bytes(32), size=10, mime="image/png", remote=lies)


async def test_each_file_is_given_to_one(doors: Doors, came: Came) -> None:
    ids = await came(20)
    portions = await asyncio.gather(*(claim(doors, 4) for _ in range(6)))
    given = [each.message_id for portion in portions for each in portion]
    assert sorted(given) == sorted(ids)


async def test_a_claim_ends_and_counts(doors: Doors, came: Came, clock: Any) -> None:
    await came(1)
    assert [each.tries for each in await claim(doors, 4)] == [1]
    assert await claim(doors, 4) == []
    clock.forward(HOLD_MS)
    assert [each.tries for each in await claim(doors, 4)] == [2]


async def test_what_is_put_off_comes_back_and_what_is_done_does_not(doors: Doors, came: Came, clock: Any) -> None:
    first, second = await came(2)
    await claim(doors, 4)
    at = doors.clock() + 60_000
    await doors.db.writer.run(lambda tx: waiting.later(tx, at, {first: 1}))
    await doors.db.writer.run(lambda tx: waiting.done(tx, [second]))
    clock.forward(60_000)
    assert [each.message_id for each in await claim(doors, 4)] == [first]
    async with doors.db.reading() as tx:
        assert [row.message_id for row in await tx.rows(select(downloads))] == [first]


async def test_the_file_of_a_message_is_found_with_its_end(doors: Doors, alice: Caller, came: Came) -> None:
    (message,) = await came(1)
    found = await brought(doors, alice, message)
    assert (found.media, found.filename) == (_media(), "image.png")
    assert found.expires_at == doors.clock() + 72 * 3_600_000
