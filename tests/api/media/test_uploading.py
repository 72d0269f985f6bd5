"""POST /api/v1/media: streamed, recognised, sealed, and answered with what it is."""

import hashlib
import os
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from messageapi.media import form

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf500f00030101"
    "00c9fe92ef0000000049454e44ae426082"
)
HEAD = b'--line\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
FORM = {"Content-Type": "multipart/form-data; boundary=line"}


async def test_an_upload_is_answered_with_what_it_is(alice: Any) -> None:
    answer = await alice.post("/api/v1/media", files={"file": ("shop.png", PNG, "image/png")})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["id"].startswith("med_")
    assert body | {"id": ""} == {
        "id": "",
        "mime": "image/png",
        "size": len(PNG),
        "sha256": hashlib.sha256(PNG).hexdigest(),
        "filename": "shop.png",
        "createdAt": "2026-11-22T12:00:00.000Z",
        "expiresAt": "2026-11-23T12:00:00.000Z",
    }
    assert (await alice.get(f"/api/v1/media/{body['id']}")).json() == body


async def test_the_type_comes_from_the_content(alice: Any) -> None:
    answer = await alice.post("/api/v1/media", files={"file": ("report.pdf", PNG, "application/pdf")})
    assert answer.json()["mime"] == "image/png"


async def test_a_file_that_contradicts_what_it_is_said_to_be_is_refused(alice: Any, lying: Any) -> None:
    answer = await alice.post("/api/v1/media", files={"file": ("a.jpg", b"<html><body>404</body>", "image/jpeg")})
    assert (answer.status_code, answer.json()["code"]) == (422, "media_type_mismatch")
    assert lying() == []


async def test_what_lies_on_the_disk_is_sealed(alice: Any, lying: Any) -> None:
    canary = b"canary-of-the-content " * 5000
    await alice.post("/api/v1/media", files={"file": ("canary-of-the-name.txt", canary)})
    (path,) = lying()
    assert b"canary" not in path.read_bytes()


@pytest.mark.parametrize("data", [b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0", b"\x7fELF" + bytes(60)])
async def test_programs_are_refused(alice: Any, lying: Any, data: bytes) -> None:
    answer = await alice.post("/api/v1/media", files={"file": ("holiday.jpg.exe", data)})
    assert (answer.status_code, answer.json()["code"]) == (422, "media_type_forbidden")
    assert lying() == []


async def test_an_empty_file_is_refused(alice: Any, lying: Any) -> None:
    answer = await alice.post("/api/v1/media", files={"file": ("a.txt", b"")})
    assert (answer.status_code, answer.json()["code"]) == (422, "media_empty")
    assert lying() == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\bill.pdf", "bill.pdf"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("...", ""),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("Rechnung für März.pdf", "Rechnung für März.pdf"),
    ],
)
async def test_names_lose_what_could_do_harm(alice: Any, given: str, kept: str) -> None:
    answer = await alice.post("/api/v1/media", files={"file": (given, b"text")})
    assert answer.json()["filename"] == kept


class TestLimits:
    """Of size, whatever the request says about it."""

    @pytest.fixture
    def settings(self, settings: Any) -> Any:
        return msgspec.structs.replace(settings, media_document_bytes=100_000, media_account_bytes=250_000)

    async def test_a_file_as_large_as_allowed_is_taken(self, alice: Any) -> None:
        assert (await alice.post("/api/v1/media", files={"file": os.urandom(100_000)})).status_code == 201

    async def test_one_byte_more_is_refused(self, alice: Any, lying: Any) -> None:
        answer = await alice.post("/api/v1/media", files={"file": os.urandom(100_001)})
        assert (answer.status_code, answer.json()["code"]) == (413, "media_too_large")
        assert lying() == []

    async def test_a_length_that_is_too_large_is_refused_unread(self, alice: Any) -> None:
        read = 0

        async def body() -> AsyncIterator[bytes]:
            nonlocal read
            yield HEAD
            read += 1
            yield b"x"

        answer = await alice.post("/api/v1/media", content=body(), headers={**FORM, "Content-Length": "2000000000"})
        assert answer.status_code == 413
        assert read <= 1

    @pytest.mark.parametrize("head", [HEAD, b"", b"--line\r\nX: " + b"y" * 3000 + b"\r\n"])
    async def test_a_body_without_end_is_cut_off(self, alice: Any, lying: Any, head: bytes) -> None:
        sent = 0

        async def body() -> AsyncIterator[bytes]:
            nonlocal sent
            yield head
            while sent < 100_000_000:
                sent += 65_536
                yield bytes(65_536)

        answer = await alice.post("/api/v1/media", content=body(), headers=FORM)
        assert answer.status_code in {400, 413}
        assert sent < 1_000_000
        assert lying() == []

    async def test_an_account_keeps_only_so_much(self, alice: Any, charlie: Any, lying: Any) -> None:
        for _ in range(2):
            assert (await alice.post("/api/v1/media", files={"file": os.urandom(100_000)})).status_code == 201
        answer = await alice.post("/api/v1/media", files={"file": os.urandom(60_000)})
        assert (answer.status_code, answer.json()["code"]) == (409, "media_quota_exceeded")
        assert len(lying()) == 2
        assert (await charlie.post("/api/v1/media", files={"file": os.urandom(60_000)})).status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "form_malformed"),
        (b"no form at all", "form_malformed"),
        (HEAD + b"content", "form_malformed"),
        (HEAD + b"content\r\n--line", "form_malformed"),
        (HEAD.replace(b"line", b"enil") + b"content\r\n--enil--\r\n", "form_malformed"),
        (b"--line--\r\n", "media_file_missing"),
        (HEAD.replace(b'"file"', b'"picture"') + b"content\r\n--line--\r\n", "unknown_field"),
        (HEAD + b"content\r\n" + HEAD + b"more\r\n--line--\r\n", "media_several_files"),
        (HEAD + b"content\r\n" + HEAD.replace(b'"file"', b'"caption"') + b"x\r\n--line--\r\n", "unknown_field"),
    ],
)
async def test_a_form_that_is_not_one_file_is_refused(alice: Any, lying: Any, body: bytes, code: str) -> None:
    answer = await alice.post("/api/v1/media", content=body, headers=FORM)
    assert answer.json()["code"] in {code, "form_malformed" if code == "media_file_missing" else code}
    assert 400 <= answer.status_code < 500
    assert lying() == []


@pytest.mark.parametrize(
    "kind", ["", "application/json", "image/png", "multipart/form-data", "multipart/mixed; boundary=x"]
)
async def test_what_is_no_form_is_refused(alice: Any, kind: str) -> None:
    answer = await alice.post("/api/v1/media", content=PNG, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "media_form_expected")


async def test_a_body_that_stops_coming_is_given_up(alice: Any, lying: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form, "SILENCE_S", 0.05)

    async def body() -> AsyncIterator[bytes]:
        import asyncio  # noqa: PLC0415

        yield HEAD + b"a beginning"
        await asyncio.Event().wait()

    answer = await alice.post("/api/v1/media", content=body(), headers=FORM)
    assert (answer.status_code, answer.json()["code"]) == (408, "body_too_slow")
    assert lying() == []


async def test_a_full_disk_is_said(alice: Any, doors: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from messageapi.blobs.port import BlobError  # noqa: PLC0415

    async def full(_: object, __: object) -> None:
        raise BlobError("full", "There is no space left for files.", permanent=False)

    monkeypatch.setattr(type(doors.blobs), "put", full)
    answer = await alice.post("/api/v1/media", files={"file": b"x"})
    assert (answer.status_code, answer.json()["code"]) == (503, "media_storage_full")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_key_that_may_not_send_may_not_upload(bob: Any) -> None:
    answer = await bob.post("/api/v1/media", files={"file": b"x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_an_upload_without_a_key_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/v1/media", files={"file": b"x"})).status_code == 401
