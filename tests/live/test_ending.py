"""How streams end: politely, soon, and in a way that the next one goes on from."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from messageapi.keys.create import create_key
from messageapi.keys.revoke import revoke_key
from messageapi.live import seats
from messageapi.vocab.caller import SCOPES


async def said(stream: Any) -> str:
    """The reason of the goodbye; after it there is nothing."""
    frame = await stream.event()
    while frame.event != "bye":
        frame = await stream.event()
    assert await stream.frame() is None
    assert frame.data["detail"].endswith(".")
    return str(frame.data["code"])


@contextlib.contextmanager
def broken(what: str) -> Iterator[asyncio.Event]:
    """It raises for as long as the block lasts; the event says that it has."""
    failed = asyncio.Event()

    async def fails(*_: Any) -> Any:
        failed.set()
        raise RuntimeError("nobody thought of this")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(what, fails)
        yield failed


async def test_a_server_that_stops_says_goodbye_and_its_successor_goes_on(
    site: Any, happen: Any, doors: Any, request: pytest.FixtureRequest
) -> None:
    stream = await site.listen()
    await happen("one")
    assert await stream.names(1) == ["one"]
    await site.streams.close()
    assert await said(stream) == "server_stopping"
    await happen("while it was down")
    async with request.getfixturevalue("serve")(doors) as successor:
        again = await successor.listen(stream.last_id, key=site.key)
        await happen("later")
        assert await again.names(2) == ["while it was down", "later"]


async def test_who_comes_while_the_server_stops_is_sent_away(site: Any) -> None:
    await site.streams.seats.close()
    assert await said(await site.listen()) == "server_stopping"


async def test_waiting_requests_are_answered_when_the_server_stops(site: Any, eventually: Any) -> None:
    waiting = asyncio.create_task(site.get(wait="30"))
    await eventually(lambda: site.streams.seats.open)
    await site.streams.close()
    async with asyncio.timeout(20):
        status, answer = await waiting
    assert status in {200, 503}
    assert not answer.get("items")


@pytest.mark.parametrize("bell", [True, False], ids=["with a bell", "without a bell"])
async def test_a_revoked_key_hears_nothing_more(
    site: Any, alice: Any, another_process: Any, bell: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seats.LOOK_S < 1, "the document says that it hears nothing after a second"
    if bell:
        monkeypatch.setattr(seats, "LOOK_S", 3_600)
    key = await create_key(site.doors, alice, name="short", scopes=SCOPES)
    stream, other = await site.listen(key=key.key), await site.listen()
    await revoke_key(site.doors if bell else another_process, alice, key.id)
    assert await said(stream) == "key_ended"
    assert other.response.connection is not None


async def test_a_fault_while_keys_are_checked_lets_no_revoked_key_listen_on(site: Any, alice: Any) -> None:
    key = await create_key(site.doors, alice, name="short", scopes=SCOPES)
    stream = await site.listen(key=key.key)
    with broken("messageapi.live.seats.usable") as failed:
        await failed.wait()
    await revoke_key(site.doors, alice, key.id)
    assert await said(stream) == "key_ended"


async def test_a_key_that_expires_ends_its_streams(site: Any, alice: Any, clock: Any) -> None:
    expires_at = clock() + 3_600_000
    key = await create_key(site.doors, alice, name="short", scopes=SCOPES, expires_at=expires_at)
    stream = await site.listen(key=key.key)
    clock.forward(3_600_001)
    assert await said(stream) == "key_ended"


async def test_a_reader_who_is_too_slow_is_told_so_and_misses_nothing(
    site: Any, happen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messageapi.live.listener.MOST_EVENTS", 20)
    slow, quick = await site.listen(), await site.listen()
    names = [f"{n} {'x' * 100_000}" for n in range(150)]
    for name in names:
        await happen(name)
        assert await quick.names(1) == [name]
    got: list[str] = []
    while (frame := await slow.event()).event != "bye":
        got.append(frame.name)
    assert frame.data["code"] == "too_slow"
    assert 0 < len(got) < len(names)
    again = await site.listen(slow.last_id)
    assert got + await again.names(len(names) - len(got)) == names


async def test_a_reader_who_takes_nothing_is_let_go(
    site: Any, happen: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messageapi.web.streaming.STALLED_S", 0.2)
    stream = await site.listen()
    for n in range(150):
        await happen(f"{n} {'x' * 100_000}")
    await eventually(lambda: not site.streams.seats.open)
    assert stream


async def test_a_reader_who_leaves_gives_its_seat_back(site: Any, eventually: Any) -> None:
    for _ in range(12):  # a key has five
        stream = await site.listen()
        stream.response.close()
        await eventually(lambda: not site.streams.seats.open)
    assert site.streams.tails.followed == 0


async def test_a_waiting_request_that_is_given_up_gives_its_seat_back(site: Any, eventually: Any) -> None:
    for _ in range(6):  # a key has five
        waiting = asyncio.create_task(site.get(wait="30"))
        await eventually(lambda: site.streams.seats.open)
        waiting.cancel()
        async with asyncio.timeout(10):
            await eventually(lambda: not site.streams.seats.open)
    assert site.streams.tails.followed == 0


async def test_what_comes_when_a_waiting_request_was_given_up_is_for_the_next(
    site: Any, happen: Any, eventually: Any
) -> None:
    _, begun = await site.get()
    waiting = asyncio.create_task(site.get(wait="30", after=begun["next"]))
    await eventually(lambda: site.streams.seats.open)
    waiting.cancel()
    await happen("one")
    _, found = await site.get(wait="10", after=begun["next"])
    assert [one["data"]["name"] for one in found["items"]] == ["one"]


async def test_a_key_has_so_many_streams_and_another_key_its_own(site: Any, alice: Any) -> None:
    for _ in range(5):
        await site.listen()
    status, problem = await site.get(wait="1")
    assert (status, problem["code"]) == (429, "too_many_streams")
    async with site.client.get(
        f"{site.url}/api/v1/events", headers={"X-API-Key": site.key, "Accept": "text/event-stream"}
    ) as refused:
        assert refused.status == 429
        assert int(refused.headers["retry-after"]) > 0
    await site.listen(key=(await create_key(site.doors, alice, name="another", scopes=SCOPES)).key)


async def test_a_database_in_trouble_ends_no_stream_and_loses_nothing(
    site: Any, happen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = await site.listen()
    monkeypatch.setattr("messageapi.live.tails.TROUBLE_S", 0.01)
    with broken("messageapi.live.rows.look") as failed:
        await happen("in trouble")
        await failed.wait()
    assert await stream.names(1) == ["in trouble"]
