"""The programs of docs/howto/stream-events.md run, take what happens, and go on where they were."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args

import pytest

from messageapi.live.listener import Why

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "stream-events.md").read_text("utf-8")
ASKING = {"php", "sh"}
"""They begin with the oldest event, and keep their place when there was one."""
PROGRAMS = {"python": [sys.executable], "js": ["node"], "php": ["php"], "sh": ["sh"]}


@pytest.fixture
def any_url(database_url: str) -> str:
    """One kind is enough here."""
    return database_url


@asynccontextmanager
async def running(language: str, site: Any, folder: Path) -> AsyncIterator[asyncio.StreamReader]:
    (code,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    script = folder / f"program.{language}"
    script.write_text(code, "utf-8")
    process = await asyncio.create_subprocess_exec(
        *PROGRAMS[language],
        str(script),
        cwd=folder,
        env={**os.environ, "MESSAGEAPI_URL": site.url, "MESSAGEAPI_API_KEY": site.key},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert process.stdout
        yield process.stdout
    finally:
        os.killpg(process.pid, 9)
        await process.wait()


@pytest.mark.parametrize("language", sorted(PROGRAMS))
async def test_it_takes_what_happens_and_goes_on_where_it_was(
    site: Any, happen: Any, eventually: Any, language: str, tmp_path: Path
) -> None:
    if shutil.which(PROGRAMS[language][0]) is None:
        pytest.skip(f"{PROGRAMS[language][0]} is not on this machine")
    place = tmp_path / {"sh": "next", "php": "next-event"}.get(language, "last-event-id")
    async with asyncio.timeout(60):
        async with running(language, site, tmp_path) as said:
            await eventually(lambda: bool(site.streams.seats.open) and (language in ASKING or place.exists()))
            before = place.read_text() if place.exists() else ""
            await happen("Ärger & Söhne 🎉")
            assert "Ärger & Söhne 🎉" in (await _line_with(said, "Söhne"))
            await eventually(lambda: place.exists() and place.read_text() != before)
        if language not in ASKING:  # a request waits on although nobody will read its answer
            await eventually(lambda: not site.streams.seats.open)
        await happen("while it was away")
        async with running(language, site, tmp_path) as said:
            assert "while it was away" in (await _line_with(said, "while"))


async def _line_with(said: asyncio.StreamReader, word: str) -> str:
    while line := (await said.readline()).decode():
        if word in line:
            return line
    raise EOFError


@pytest.mark.parametrize("code", sorted(get_args(Why)))
def test_every_goodbye_is_documented(code: str) -> None:
    assert f"`{code}`" in PAGE
