"""Idempotency-Key on uploads: what makes a request the same is known when its file has been read to the end."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select

from messageapi.media import form
from messageapi.store.tables import idempotency, media

PATH = "/api/v1/media"
HOUR = 3_600_000
LARGE = bytes(range(256)) * 1_000
HEAD = b'--line\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
FORM = {"Content-Type": "multipart/form-data; boundary=line"}


@pytest.fixture
def keyed() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def a_file(content: bytes = LARGE, name: str = "list.txt") -> dict[str, tuple[str, bytes]]:
    return {"file": (name, content)}


async def stored(doors: Any) -> int:
    return int(await doors.db.read(lambda tx: tx.scalar(select(func.count()).select_from(media))))


async def test_the_same_file_gets_the_first_answer_and_is_kept_once(
    alice: Any, doors: Any, lying: Any, clock: Any, keyed: Any
) -> None:
    first = await alice.post(PATH, files=a_file(), headers=keyed)
    assert first.status_code == 201
    assert "idempotency-replayed" not in first.headers
    clock.forward(HOUR)
    again = await alice.post(PATH, files=a_file(), headers=keyed)
    assert (again.status_code, again.content, again.headers["content-type"]) == (
        201,
        first.content,
        first.headers["content-type"],
    )
    assert again.headers["idempotency-replayed"] == "true"
    assert (await stored(doors), len(lying())) == (1, 1)


@pytest.mark.parametrize(
    "other", [a_file(LARGE[:-1] + b"x"), a_file(LARGE + b"x"), a_file(b""), a_file(name="other.txt")]
)
async def test_another_file_with_the_key_is_refused(
    alice: Any, doors: Any, lying: Any, keyed: Any, other: dict[str, tuple[str, bytes]]
) -> None:
    await alice.post(PATH, files=a_file(), headers=keyed)
    answer = await alice.post(PATH, files=other, headers=keyed)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert (await stored(doors), len(lying())) == (1, 1)


async def test_twins_give_one_file(alice: Any, doors: Any, lying: Any, keyed: Any) -> None:
    answers = await asyncio.gather(*(alice.post(PATH, files=a_file(), headers=keyed) for _ in range(20)))
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert {(answer.status_code, answer.json().get("code")) for answer in answers} <= {
        (201, None),
        (409, "idempotency_in_progress"),
    }
    assert (await stored(doors), len(lying())) == (1, 1)


async def test_twins_in_two_processes_give_one_file(
    alice: Any, another_process: Any, doors: Any, lying: Any, keyed: Any
) -> None:
    """No process knows what runs in the other: the database decides, and the file that came too late goes."""
    both = asyncio.Barrier(2)

    async def body() -> AsyncIterator[bytes]:
        yield HEAD + LARGE
        await both.wait()  # until both have found that nothing stands under the key
        yield b"\r\n--line--\r\n"

    headers = {**keyed, **FORM, "X-API-Key": alice.key}
    answers = await asyncio.gather(
        *(client.post(PATH, content=body(), headers=headers) for client in (alice.client, another_process))
    )
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert sorted(answer.headers.get("idempotency-replayed", "") for answer in answers) == ["", "true"]
    assert (await stored(doors), len(lying())) == (1, 1)


async def test_a_refused_file_may_be_corrected_under_its_key(alice: Any, doors: Any, keyed: Any) -> None:
    assert (await alice.post(PATH, files=a_file(b""), headers=keyed)).status_code == 422
    assert (await alice.post(PATH, files=a_file(), headers=keyed)).status_code == 201
    assert await stored(doors) == 1


async def test_a_body_cut_off_under_a_known_key_is_said_to_be_cut_off(
    alice: Any, keyed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await alice.post(PATH, files=a_file(), headers=keyed)
    monkeypatch.setattr(form, "SILENCE_S", 0.05)

    async def body() -> AsyncIterator[bytes]:
        yield HEAD + LARGE
        await asyncio.Event().wait()

    for content, code in ((HEAD + LARGE, "form_malformed"), (body(), "body_too_slow")):
        answer = await alice.post(PATH, content=content, headers={**FORM, **keyed})
        assert answer.json()["code"] == code


async def test_the_answer_outlives_the_file(alice: Any, keyed: Any) -> None:
    first = await alice.post(PATH, files=a_file(), headers=keyed)
    await alice.delete(f"{PATH}/{first.json()['id']}")
    assert (await alice.post(PATH, files=a_file(), headers=keyed)).content == first.content


async def test_a_key_belongs_to_one_account(alice: Any, charlie: Any, doors: Any, keyed: Any) -> None:
    ids = {(await each.post(PATH, files=a_file(), headers=keyed)).json()["id"] for each in (alice, charlie)}
    assert len(ids) == 2
    assert await stored(doors) == 2


async def test_neither_name_nor_digest_can_be_read_from_what_is_kept(alice: Any, doors: Any, keyed: Any) -> None:
    answer = await alice.post(PATH, files=a_file(name="canary-of-the-name.txt"), headers=keyed)
    rows = await doors.db.read(lambda tx: tx.rows(select(idempotency)))
    kept = b"".join(bytes(value) if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)
    assert len(rows) == 1
    assert b"canary" not in kept
    assert answer.json()["sha256"].encode() not in kept
