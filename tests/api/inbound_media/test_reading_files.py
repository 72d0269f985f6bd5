"""The file of a received message: fetched when somebody asks, given out whole or in part, and only to who may."""

import asyncio
import dataclasses
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from messageapi.engines.port import EngineError
from messageapi.errors import Problem
from messageapi.media.sweep import sweep
from messageapi.messages.expire import expire
from messageapi.messages.inbound_media.fetch import obtained
from messageapi.store.tables import bodies, placements
from messageapi.vocab.content import Image, Text


def address(message_id: str) -> str:
    return f"/api/v1/messages/{message_id}/media"


async def set_rows(doors: Any, statement: Any) -> None:
    async def work(tx: Any) -> None:
        await tx.execute(statement)

    await doors.db.writer.run(work)


def assert_problem(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_file_is_fetched_when_it_is_asked_for_and_only_once(
    alice: Any, brings: Any, engine: Any, picture: bytes
) -> None:
    message = await brings()
    assert not engine.fetched
    for _ in range(2):
        answer = await alice.get(address(message))
        assert answer.status_code == 200
        assert answer.content == picture
    assert len(engine.fetched) == 1


async def test_no_browser_runs_what_is_in_a_file(alice: Any, brings: Any) -> None:
    headers = (await alice.get(address(await brings()))).headers
    assert headers["content-type"] == "image/png"
    assert headers["content-disposition"].startswith("attachment;")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert headers["cache-control"] == "private, no-store"


async def test_the_type_is_the_contents_not_the_senders(alice: Any, brings: Any, document: Any) -> None:
    said = [(b"%PDF-1.7 ...", "image/png", "application/pdf"), (b"a,b\n1,2\n", "text/csv", "text/csv")]
    said += [(b"\x00\x01\x02 nobody knows", "evil/x\r\nset-cookie: a=b", "application/octet-stream")]
    for plain, claimed, found in said:
        answer = await alice.get(address(await brings(document(plain, claimed))))
        assert answer.headers["content-type"].partition(";")[0] == found
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("../../etc/passwd", "passwd"),
        ('a"b%.pdf', "a_b_.pdf"),
        ("Straße.pdf", "Stra_e.pdf"),
        ("", "document.pdf"),
        ("a\r\nX-Evil: 1.pdf", None),
    ],
)
async def test_a_name_is_only_a_name(alice: Any, brings: Any, document: Any, given: str, plain: str | None) -> None:
    answer = await alice.get(address(await brings(document(b"%PDF-1.7 ...", "application/pdf", given))))
    assert "x-evil" not in answer.headers
    assert ".." not in answer.headers["content-disposition"]
    if plain:
        assert f'filename="{plain}"' in answer.headers["content-disposition"]


RANGES = [
    ("bytes=0-9", 0, 10),
    ("bytes=65530-65545", 65530, 65546),  # over the edge of two frames
    ("bytes=153000-", 153000, None),
    ("bytes=-5", -5, None),
    ("bytes=153600-99999999", 153600, None),
]


@pytest.mark.parametrize(("asked", "start", "end"), RANGES)
async def test_a_part_can_be_read(
    alice: Any, brings: Any, picture: bytes, asked: str, start: int, end: int | None
) -> None:
    answer = await alice.get(address(await brings()), headers={"Range": asked})
    part = picture[start:end]
    first = start % len(picture)
    assert (answer.status_code, answer.content) == (206, part)
    assert answer.headers["content-length"] == str(len(part))
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{len(picture)}"


@pytest.mark.parametrize("asked", ["bytes=9-3", "lines=1-2", "bytes=0-1,5-6", "bytes=-", "nonsense"])
async def test_what_is_no_range_is_passed_over(alice: Any, brings: Any, picture: bytes, asked: str) -> None:
    answer = await alice.get(address(await brings()), headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, picture)


async def test_a_range_behind_the_end_is_refused(alice: Any, brings: Any, picture: bytes) -> None:
    for asked in (f"bytes={len(picture)}-", "bytes=-0"):
        answer = await alice.get(address(await brings()), headers={"Range": asked})
        assert_problem(answer, 416, "range_unsatisfiable")


async def test_an_empty_file_is_empty(alice: Any, brings: Any, document: Any) -> None:
    answer = await alice.get(address(await brings(document(b"", "text/plain"))))
    assert (answer.status_code, answer.content) == (200, b"")


async def test_many_who_ask_together_have_it_fetched_once(
    alice: Any, brings: Any, engine: Any, picture: bytes, blobs: Any
) -> None:
    message = await brings()
    answers = await asyncio.gather(*(alice.get(address(message)) for _ in range(5)))
    assert [answer.content for answer in answers] == [picture] * 5
    assert len(engine.fetched) == 1
    assert len(blobs()) == 1


async def test_of_two_processes_that_fetch_it_one_keeps_it(
    alice: Any, doors: Any, brings: Any, engine: Any, session: Any, blobs: Any
) -> None:
    """Both are on the way before either comes back."""
    message, both, fetch = await brings(), asyncio.Event(), session.download

    async def slow(media: Any) -> bytes:
        plain: bytes = await fetch(media)
        if len(engine.fetched) == 2:
            both.set()
        await both.wait()
        return plain

    session.download = slow
    processes = [doors, dataclasses.replace(doors, fetching={})]
    found = await asyncio.gather(*(obtained(each, alice.caller, message, 20) for each in processes))
    assert found[0].media.name
    assert found[0].media == found[1].media
    assert [path.name for path in blobs()] == [found[0].media.name]


async def test_only_whose_message_it_is_may_read_it(
    alice: Any, bob: Any, charlie: Any, client: Any, brings: Any, hire: Any
) -> None:
    message = await brings()
    assert (await bob.get(address(message))).status_code == 200
    assert_problem(await charlie.get(address(message)), 404, "message_not_found")
    assert (await client.get(address(message))).status_code == 401
    sender = await hire(alice.caller, ("messages:send",))
    assert (await sender.get(address(message))).status_code == 403


async def test_what_has_no_file_says_so(alice: Any, brings: Any, make: Any, doors: Any) -> None:
    assert_problem(await alice.get(address(await brings(Text("Hello")))), 404, "message_without_file")
    ours = await make.make_message(doors, alice.caller)
    assert_problem(await alice.get(address(ours)), 404, "message_without_file")
    assert_problem(await alice.get(address("0" * 36)), 404, "message_not_found")


REFUSALS = {
    code: (status, told)
    for code, status, told in [
        ("media_gone", 410, "file_gone"),
        ("media_damaged", 410, "file_damaged"),
        ("media_unsupported", 410, "file_unsupported"),
        ("no_answer", 503, "file_not_fetched"),
        ("storage_full", 503, "media_storage_full"),
        ("not_connected", 409, "number_not_connected"),
    ]
}


@pytest.mark.parametrize("code", REFUSALS)
async def test_why_a_file_cannot_be_had_is_told(
    alice: Any, brings: Any, engine: Any, file: Any, blobs: Any, code: str
) -> None:
    engine.files["/v/bad"] = EngineError(code, "No.", permanent=True)
    assert_problem(await alice.get(address(await brings(Image(media=file(b"x", "/v/bad"))))), *REFUSALS[code])
    assert not blobs()


async def test_another_file_than_the_messages_is_not_given_out(
    alice: Any, brings: Any, engine: Any, file: Any, blobs: Any
) -> None:
    engine.files["/v/other"] = b"something else"
    message = await brings(Image(media=file(b"the file", "/v/other")))
    assert_problem(await alice.get(address(message)), 410, "file_damaged")
    assert not blobs()


async def test_a_file_larger_than_the_limit_is_not_fetched(alice: Any, brings: Any, engine: Any, file: Any) -> None:
    huge = msgspec.structs.replace(file(b"x", "/v/huge"), size=3_000_000_000)
    assert_problem(await alice.get(address(await brings(Image(media=huge)))), 413, "file_too_large")
    assert not engine.fetched


async def test_a_number_that_is_away_says_so(alice: Any, brings: Any, doors: Any) -> None:
    message = await brings()
    await set_rows(doors, update(placements).values(host_id=None))
    assert_problem(await alice.get(address(message)), 409, "number_not_connected")


async def test_a_full_account_keeps_no_more(alice: Any, brings: Any, doors: Any, document: Any, blobs: Any) -> None:
    message = await brings(document(b"%PDF-1.7" + bytes(2000), "application/pdf"))
    small = dataclasses.replace(doors, settings=msgspec.structs.replace(doors.settings, media_account_bytes=1024))
    with pytest.raises(Problem) as told:
        await obtained(small, alice.caller, message, 10)
    assert told.value.code == "media_quota_exceeded"
    assert not blobs()


async def test_a_slow_file_goes_on_coming_after_the_first_answer(
    alice: Any, brings: Any, doors: Any, session: Any, engine: Any, picture: bytes
) -> None:
    message, may = await brings(), asyncio.Event()
    fetch = session.download

    async def slow(media: Any) -> bytes:
        await may.wait()
        plain: bytes = await fetch(media)
        return plain

    session.download = slow
    with pytest.raises(Problem) as told:
        await obtained(doors, alice.caller, message, 0)
    assert (told.value.code, told.value.retry_after) == ("file_being_fetched", 5)
    may.set()
    answer = await alice.get(address(message))
    assert answer.content == picture
    assert len(engine.fetched) == 1


async def test_a_file_that_was_lost_is_fetched_again(
    alice: Any, brings: Any, engine: Any, picture: bytes, blobs: Any
) -> None:
    message = await brings()
    await alice.get(address(message))
    for path in blobs():
        path.unlink()
    assert (await alice.get(address(message))).content == picture
    assert len(engine.fetched) == 2


async def test_with_the_body_the_file_is_over(alice: Any, brings: Any, doors: Any, clock: Any, blobs: Any) -> None:
    message = await brings()
    await alice.get(address(message))
    clock.forward(71 * 3_600_000)
    await sweep(doors)
    assert blobs()
    clock.forward(3_600_000)
    assert_problem(await alice.get(address(message)), 410, "file_expired")
    await doors.db.writer.run(lambda tx: expire(tx, doors.clock()))
    await sweep(doors)
    assert not blobs()


async def test_a_body_that_goes_meanwhile_takes_its_file_along(
    alice: Any, brings: Any, doors: Any, session: Any, blobs: Any
) -> None:
    message = await brings()
    fetch = session.download

    async def late(media: Any) -> bytes:
        await set_rows(doors, bodies.delete())
        plain: bytes = await fetch(media)
        return plain

    session.download = late
    assert_problem(await alice.get(address(message)), 410, "file_expired")
    assert not blobs()


async def test_head_tells_without_the_content(alice: Any, brings: Any, picture: bytes) -> None:
    answer = await alice.call("HEAD", address(await brings()))
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(picture)))
