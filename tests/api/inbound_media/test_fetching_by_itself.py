"""A number's setting has files fetched as they come: the small ones or all, tried until they are there or over."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from messageapi.engines.port import EngineError, Inbound
from messageapi.messages.following.events import News, apply
from messageapi.messages.inbound_media import fetch
from messageapi.messages.inbound_media.automatic import AWAY_MS, FIRST_MS, HOLD_MS, LONGEST_MS, claim, pause_ms
from messageapi.numbers.asking.ask import no_answer
from messageapi.store.tables import downloads
from messageapi.vocab.content import Image, Letter, Text
from messageapi.workers.fetching import Fetching


class Scene:
    """Alice's number and whoever fetches for it, who is not started: a test takes the turns."""

    def __init__(self, alice: Any, doors: Any, number: str, engine: Any) -> None:
        self.alice, self.doors, self.number, self.engine = alice, doors, number, engine
        self.fetching = Fetching(doors)

    async def set_to(self, setting: str) -> None:
        answer = await self.alice.patch(f"/api/v1/numbers/{self.number}", json={"autoDownload": setting})
        assert answer.status_code == 200

    async def turn(self) -> None:
        await self.fetching.turn()
        await self.fetching.settled()

    async def waiting(self) -> list[tuple[str, int, int]]:
        """Messages whose files wait to be fetched, with when and how often they were tried."""
        async with self.doors.db.reading() as tx:
            rows = await tx.rows(select(downloads.c.message_id, downloads.c.due_at, downloads.c.tries))
        return [tuple(row) for row in rows]

    async def content(self, message_id: str) -> bytes:
        content: bytes = (await self.alice.get(f"/api/v1/messages/{message_id}/media")).content
        return content


@pytest.fixture
async def scene(alice: Any, doors: Any, number: str, engine: Any) -> AsyncIterator[Scene]:
    made = Scene(alice, doors, number, engine)
    yield made
    await made.fetching.stop()


async def test_nothing_is_fetched_that_nobody_asked_for(scene: Scene, brings: Any) -> None:
    await brings()
    await scene.turn()
    assert not scene.engine.fetched
    assert not await scene.waiting()


async def test_all_files_are_fetched_as_they_come(scene: Scene, brings: Any, picture: bytes) -> None:
    await scene.set_to("all")
    message = await brings()
    await brings(Text("Hello"))
    await scene.turn()
    assert len(scene.engine.fetched) == 1
    assert not await scene.waiting()
    assert await scene.content(message) == picture
    assert len(scene.engine.fetched) == 1


async def test_small_ones_alone_where_the_number_says_so(scene: Scene, brings: Any, file: Any) -> None:
    await scene.set_to("small")
    limit = scene.doors.settings.media_small_bytes
    for size in (limit, limit + 1):
        path = f"/v/{size}"
        scene.engine.files[path] = bytes(10)
        await brings(Image(media=msgspec.structs.replace(file(bytes(10), path), size=size)))
    await scene.turn()
    assert scene.engine.fetched == [f"/v/{limit}"]
    assert not await scene.waiting()


async def test_a_setting_that_changed_meanwhile_counts(scene: Scene, brings: Any) -> None:
    await scene.set_to("all")
    await brings()
    await scene.set_to("off")
    await scene.turn()
    assert not scene.engine.fetched
    assert not await scene.waiting()


async def test_what_cannot_be_had_now_is_tried_later(scene: Scene, brings: Any, clock: Any, file: Any) -> None:
    await scene.set_to("all")
    scene.engine.files["/v/1"] = EngineError("no_answer", "Not now.", permanent=False)
    message = await brings(Image(media=file(b"later", "/v/1")))
    await scene.turn()
    assert await scene.waiting() == [(message, clock() + FIRST_MS, 1)]
    await scene.turn()
    assert len(scene.engine.fetched) == 1
    scene.engine.files["/v/1"] = b"later"
    clock.forward(FIRST_MS)
    await scene.turn()
    assert not await scene.waiting()
    assert await scene.content(message) == b"later"


async def test_a_number_that_is_away_uses_up_no_tries(scene: Scene, brings: Any, clock: Any) -> None:
    await scene.set_to("all")
    message = await brings()
    scene.engine.sessions[scene.number].drop()
    for _ in range(4):
        await scene.turn()
        assert await scene.waiting() == [(message, clock() + AWAY_MS, 0)]
        clock.forward(AWAY_MS)
    scene.engine.sessions[scene.number].come_up()
    await scene.turn()
    assert len(scene.engine.fetched) == 1
    assert not await scene.waiting()


async def test_a_file_that_silences_its_host_is_given_up(
    scene: Scene, brings: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be what ends the host; who asks for it still may."""

    async def silence(*_: object) -> None:
        raise no_answer()

    await scene.set_to("all")
    await brings()
    monkeypatch.setattr(fetch, "put", silence)
    tried = 0
    while await scene.waiting():
        await scene.turn()
        clock.forward(LONGEST_MS)
        tried += 1
    assert tried == 3


async def test_what_is_gone_is_not_tried_again(scene: Scene, brings: Any, file: Any) -> None:
    await scene.set_to("all")
    await brings(Image(media=file(b"gone", "/v/gone")))
    await scene.turn()
    assert not await scene.waiting()


async def test_what_a_crash_interrupted_is_taken_up_again(scene: Scene, brings: Any, clock: Any) -> None:
    await scene.set_to("all")
    await brings()
    assert len(await claim(scene.doors, 8)) == 1  # and then the process ended
    await scene.turn()
    assert not scene.engine.fetched
    clock.forward(HOLD_MS)
    await scene.turn()
    assert len(scene.engine.fetched) == 1


async def test_a_redelivered_message_is_noted_once(scene: Scene, brings: Any, file: Any) -> None:
    await scene.set_to("all")
    await brings()
    (message, _, _), *_ = await scene.waiting()
    known = (await scene.alice.get(f"/api/v1/messages/{message}")).json()
    letter, now = Letter(content=Image(media=file(b"x", "/v/2"))), scene.doors.clock()
    inbound = Inbound(known["waMessageId"], known["chat"], known["sender"], "", "", "S", "image", letter, now)
    sealer = await scene.doors.keyring.sealer(scene.alice.account_id)
    news = [News(scene.number, scene.alice.account_id, sealer, [inbound])]
    await scene.doors.db.writer.run(lambda tx: apply(tx, now, 72, news))
    assert len(await scene.waiting()) == 1


def test_pauses_grow_to_ten_minutes() -> None:
    pauses = [pause_ms(tries) for tries in range(1, 100)]
    assert pauses[:3] == [FIRST_MS, 2 * FIRST_MS, 4 * FIRST_MS]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_MS
