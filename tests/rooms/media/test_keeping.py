"""A file is kept while a message needs it, at most a day without one, and then lies nowhere."""

import base64
import os
from typing import Any

import pytest

from messageapi.errors import Problem
from messageapi.media.attach import attach
from messageapi.media.drop import drop
from messageapi.media.find import Row, one
from messageapi.media.hold import hold
from messageapi.media.intake import Told
from messageapi.media.keep import KEPT_MS
from messageapi.media.source import Source
from messageapi.media.sweep import GRACE_MS, sweep, sweep_orphans
from messageapi.media.upload import Form, upload
from messageapi.messages.rows import drop_bodies

INLINE = Source(base64=base64.b64encode(b"content").decode())


async def uploaded(doors: Any, caller: Any, content: Any, told: Told) -> Row:
    made = await upload(doors, caller, Form(told, content))
    found: Row = await doors.db.read(lambda tx: one(tx, caller, made.id, doors.clock()))
    return found


@pytest.fixture
def database(any_database: Any) -> Any:
    """Each of these runs on both kinds."""
    return any_database


async def chunks(data: bytes) -> Any:
    yield data


@pytest.fixture
async def messages(doors: Any, alice: Any, make: Any) -> list[str]:
    await make.make_number(doors, alice)
    return [await make.make_message(doors, alice) for _ in range(3)]


async def held(doors: Any, caller: Any, message_id: str, *names: str) -> None:
    await doors.db.writer.run(lambda tx: hold(tx, caller, message_id, names))


async def end(doors: Any, *message_ids: str) -> None:
    """As at any terminal state: the body goes."""
    await doors.db.writer.run(lambda tx: drop_bodies(tx, message_ids))


async def test_a_file_of_a_message_goes_when_that_has_ended(
    doors: Any, alice: Any, messages: Any, clock: Any, lying: Any
) -> None:
    name = (await attach(doors, alice, "document", INLINE)).media.name
    await held(doors, alice, messages[0], name)
    await sweep(doors)
    assert lying() == [name]
    await end(doors, messages[0])
    clock.forward(GRACE_MS)
    assert await sweep(doors) == 1
    assert lying() == []


async def test_a_file_outlives_its_day_while_a_message_waits(
    doors: Any, alice: Any, messages: Any, clock: Any, lying: Any
) -> None:
    name = (await attach(doors, alice, "document", INLINE)).media.name
    await held(doors, alice, messages[0], name)
    clock.forward(5 * KEPT_MS)
    assert await sweep(doors) == 0
    assert await sweep_orphans(doors) == 0
    assert lying() == [name]
    await end(doors, messages[0])
    clock.forward(GRACE_MS)
    assert await sweep(doors) == 1


async def test_a_file_of_several_messages_goes_with_the_last(
    doors: Any, alice: Any, messages: Any, clock: Any, lying: Any
) -> None:
    name = (await attach(doors, alice, "document", INLINE)).media.name
    for message_id in messages:
        await held(doors, alice, message_id, name, name)
    await end(doors, *messages[:2])
    await end(doors, *messages[:2])
    clock.forward(GRACE_MS)
    assert await sweep(doors) == 0
    await end(doors, messages[2])
    clock.forward(GRACE_MS)
    assert await sweep(doors) == 1
    assert lying() == []


async def test_the_first_may_end_before_the_last_is_accepted(doors: Any, alice: Any, messages: Any) -> None:
    name = (await attach(doors, alice, "document", INLINE)).media.name
    await held(doors, alice, messages[0], name)
    await end(doors, messages[0])
    await sweep(doors)
    await held(doors, alice, messages[1], name)


async def test_an_upload_stays_for_its_day_whatever_becomes_of_messages(
    doors: Any, alice: Any, messages: Any, clock: Any, lying: Any
) -> None:
    row = await uploaded(doors, alice, chunks(b"x"), Told())
    name = (await attach(doors, alice, "document", Source(media_id=row.id))).media.name
    await held(doors, alice, messages[0], name)
    await end(doors, messages[0])
    clock.forward(GRACE_MS)
    assert await sweep(doors) == 0
    await attach(doors, alice, "document", Source(media_id=row.id))
    clock.forward(KEPT_MS)
    assert await sweep(doors) == 1
    assert lying() == []


async def test_an_upload_that_a_message_needs_is_not_deleted(doors: Any, alice: Any, messages: Any, lying: Any) -> None:
    row = await uploaded(doors, alice, chunks(b"x"), Told())
    await held(doors, alice, messages[0], row.name)
    with pytest.raises(Problem, match="Cancel the message"):
        await drop(doors, alice, row.id)
    await end(doors, messages[0])
    await drop(doors, alice, row.id)
    assert lying() == []


async def test_what_is_gone_cannot_be_held(doors: Any, alice: Any, messages: Any, make: Any) -> None:
    charlie = await make.make_account(doors, name="Charlie")
    name = (await attach(doors, charlie, "document", INLINE)).media.name
    for wanted in (name, "0" * 32):
        with pytest.raises(Problem, match="Upload it again"):
            await held(doors, alice, messages[0], wanted)


async def test_a_deleted_message_holds_nothing(doors: Any, alice: Any, messages: Any, make: Any, clock: Any) -> None:
    from sqlalchemy import delete  # noqa: PLC0415

    from messageapi.store.tables import messages as table  # noqa: PLC0415

    name = (await attach(doors, alice, "document", INLINE)).media.name
    await held(doors, alice, messages[0], name)
    await make._set(doors, delete(table).where(table.c.id == messages[0]))
    clock.forward(KEPT_MS)
    assert await sweep(doors) == 1


async def test_what_nobody_wrote_down_is_swept_after_a_day(doors: Any, alice: Any, clock: Any, lying: Any) -> None:
    """As after a crash between the file and its row."""
    known = (await attach(doors, alice, "document", INLINE)).media.name
    orphan = await doors.blobs.put(chunks(b"nobody's"))
    now = clock.now / 1000
    for path in (doors.settings.data_folder / "blobs").rglob("*"):
        os.utime(path, (now, now))
    clock.forward(KEPT_MS)
    assert await sweep_orphans(doors) == 0
    clock.forward(1000)
    assert await sweep_orphans(doors) == 1
    assert lying() == [known]
    assert orphan.name != known


async def test_many_are_swept(doors: Any, alice: Any, clock: Any, lying: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messageapi.media.sweep.AT_ONCE", 2)
    for _ in range(5):
        await attach(doors, alice, "document", INLINE)
    clock.forward(KEPT_MS)
    assert await sweep(doors) == 5
    assert lying() == []


async def test_what_came_with_a_message_has_no_id_for_others(doors: Any, alice: Any) -> None:
    from sqlalchemy import select  # noqa: PLC0415

    from messageapi.store.tables import media  # noqa: PLC0415

    await attach(doors, alice, "document", INLINE)
    async with doors.db.reading() as tx:
        media_id = await tx.scalar(select(media.c.id))
    with pytest.raises(Problem, match="Upload it again"):
        await attach(doors, alice, "document", Source(media_id=media_id))
