"""The receivers of docs/howto/receive-webhooks.md run, take what we send, and refuse what others send."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args

import aiohttp
import pytest

from messageapi.outside.errors import Code
from messageapi.vocab.clock import now_ms
from messageapi.webhooks.delivery.outcome import Error
from messageapi.webhooks.signing import new_secret

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "howto" / "receive-webhooks.md").read_text("utf-8")
OF_FETCHING = {"bad_status", "too_many_redirects", "wrong_encoding", "too_large", "program_failed", "busy"}
"""Codes of the outside door that no post ends with."""
PROGRAMS = {"python": [sys.executable], "js": ["node"]}


@pytest.fixture
def clock() -> Any:
    """Receivers check that a signature is of now."""
    return now_ms


@asynccontextmanager
async def running(language: str, secret: str, folder: Path) -> AsyncIterator[asyncio.StreamReader]:
    (code,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    script = folder / f"receiver.{'py' if language == 'python' else 'js'}"
    script.write_text(code, "utf-8")
    environment = {**os.environ, "WEBHOOK_SECRET": secret, "PORT": "0"}
    process = await asyncio.create_subprocess_exec(
        *PROGRAMS[language],
        str(script),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout
        yield process.stdout
    finally:
        process.kill()
        await process.wait()


@pytest.mark.parametrize("language", sorted(PROGRAMS))
async def test_it_takes_our_events_once_and_refuses_forgeries(stage: Any, language: str, tmp_path: Path) -> None:
    if shutil.which(PROGRAMS[language][0]) is None:
        pytest.skip(f"{PROGRAMS[language][0]} is not on this machine")
    secret = new_secret()
    async with asyncio.timeout(60), running(language, secret, tmp_path) as said:
        port = int((await said.readline()).split()[-1])
        url = f"http://127.0.0.1:{port}/"
        made = await stage.endpoint(url, secret=secret)
        await stage.events.happen("Ärger & Söhne 🎉")
        line = (await said.readline()).decode()
        assert line.startswith("number.connected")
        assert "Ärger & Söhne 🎉" in line
        await stage.settled(made.endpoint.id, lambda found: found and found[0].status == 204)
        forged = {"webhook-id": "evt_1", "webhook-timestamp": str(now_ms() // 1_000), "webhook-signature": "v1,AAAA"}
        async with aiohttp.ClientSession() as client, client.post(url, data=b"{}", headers=forged) as answer:
            assert answer.status == 401
        other = await stage.endpoint(url, secret=new_secret())
        await stage.events.happen("not for this secret")
        await stage.settled(other.endpoint.id, lambda found: found and found[0].status == 401)


@pytest.mark.parametrize("code", sorted({*get_args(Error), *get_args(Code)} - OF_FETCHING))
def test_every_reason_for_a_failure_is_documented(code: str) -> None:
    assert f"`{code}`" in (DOCS / "reference" / "webhooks.md").read_text("utf-8")
