"""The media server: what it takes, what it refuses, and that names from outside never reach the disk."""

import base64
import hashlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from messageapi.sandbox.server.media import LARGEST_FILE
from messageapi.sandbox.wire.stanza import Node

SEALED = b"ciphertext" * 1000
Ask = Callable[..., Awaitable[tuple[int, bytes]]]


def token(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode()


@pytest.fixture
async def auth(companion: Any, sandbox: Any, anna: str) -> str:
    """As a client gets it, together with the host."""
    device = await companion(anna)
    answer = (await device.ask("w:m", "set", Node("media_conn"))).child("media_conn")
    port = sandbox.published.direct.partition("127.0.0.1:")[2].partition("/")[0]
    assert answer.child("host").text("hostname") == f"127.0.0.1:{port}"
    return str(answer.text("auth"))


@pytest.fixture
async def ask(sandbox: Any) -> AsyncIterator[Ask]:
    address = sandbox.published.direct.replace("wss", "https").removesuffix("/ws/chat")
    context = ssl.create_default_context(cafile=sandbox.published.ca)
    async with aiohttp.ClientSession() as session:

        async def send(method: str, path: str, data: bytes | None = None) -> tuple[int, bytes]:
            async with session.request(method, address + path, data=data, ssl=context) as answer:
                return answer.status, await answer.read()

        yield send


async def test_what_goes_up_comes_down(ask: Ask, auth: str) -> None:
    status, answer = await ask("POST", f"/mms/image/{token(SEALED)}?auth={auth}", SEALED)
    assert status == 200
    path = answer.decode().partition('"direct_path": "')[2].partition('"')[0]
    assert "?" in path, "clients append further parameters"
    assert await ask("GET", f"{path}&mms-type=image") == (200, SEALED)
    assert (await ask("POST", f"/mms/image/{token(SEALED)}?auth={auth}", SEALED))[0] == 200


async def test_a_file_that_is_not_the_one_announced_is_refused(ask: Ask, auth: str) -> None:
    assert (await ask("POST", f"/mms/image/{token(b'other')}?auth={auth}", SEALED))[0] == 400
    assert (await ask("POST", f"/mms/image/%25%25%25?auth={auth}", SEALED))[0] == 400


async def test_an_upload_needs_the_authorisation(ask: Ask) -> None:
    assert (await ask("POST", f"/mms/image/{token(SEALED)}?auth=guessed", SEALED))[0] == 401


async def test_a_file_that_is_too_large_is_refused_and_not_kept(ask: Ask, auth: str, sandbox: Any) -> None:
    before = set((sandbox.folder / "media").iterdir())
    huge = bytes(LARGEST_FILE + 1)
    assert (await ask("POST", f"/mms/image/{token(huge)}?auth={auth}", huge))[0] == 413
    assert set((sandbox.folder / "media").iterdir()) == before


@pytest.mark.parametrize("name", ["0" * 64, "..%2F..%2Fnoise.key", "%2e%2e/noise.key", "upload-x", "A" * 64])
async def test_only_stored_files_are_handed_out(ask: Ask, name: str) -> None:
    assert (await ask("GET", f"/v/sandbox/{name}.enc"))[0] == 404
