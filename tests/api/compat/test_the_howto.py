"""docs/howto/simple-api.md: each call is there in each language, and what it shows in the shell and in Python runs."""

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

PAGE = (Path(__file__).parents[3] / "docs" / "howto" / "simple-api.md").read_text("utf-8")
CALLS = (
    "GET /send.php",
    "POST /api/v1/send",
    "POST /api/v1/send/image",
    "POST /api/v1/send/document",
    "GET /api/v1/status",
    "GET /api/v1/messages/{id}",
)
LANGUAGES = ("sh", "python", "php", "javascript")
SENT = {
    "GET /send.php": ["document", "image", "text"],
    "POST /api/v1/send": ["text", "text"],
    "POST /api/v1/send/image": ["image"],
    "POST /api/v1/send/document": ["document"],
    "GET /api/v1/status": [],
    "GET /api/v1/messages/{id}": ["text"],
}

LOUD = """
quiet = call
def call(*given):
    answer = quiet(*given)
    assert answer["success"], answer
    return answer
"""


def examples(heading: str) -> dict[str, str]:
    """Of the section under this heading, by language."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^```(\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))


ONCE = examples("Once, before the first call")


@pytest.fixture
def fill(address: str, somewhere: str, alice: Any) -> Any:
    """The examples' names become those of this server."""
    names = {"http://127.0.0.1:8080": address, "msg_...": alice.key, "https://example.com": somewhere}

    def filled(text: str) -> str:
        for name, value in names.items():
            text = text.replace(name, value)
        return text

    return filled


async def ran(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, wrong = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, wrong.decode()
    return said.decode()


async def types(alice: Any) -> list[str]:
    """Newest first."""
    return [each["type"] for each in (await alice.get("/api/v1/messages")).json()["items"]]


@pytest.mark.parametrize("call", CALLS)
def test_each_call_is_shown_in_each_language(call: str) -> None:
    path = call.split()[1].partition("{")[0]
    shown = examples(call)
    assert tuple(shown) == LANGUAGES
    assert all(path in text for text in shown.values())
    assert f"[`{call}`](#{re.sub(r'[^a-z0-9 -]', '', call.lower()).replace(' ', '-')})" in PAGE


@pytest.mark.parametrize("call", CALLS)
async def test_the_shell_lines_run(alice: Any, fill: Any, post_office: None, call: str) -> None:
    said = await ran("sh", "-euc", fill(ONCE["sh"] + examples(call)["sh"]).replace("curl ", "curl -sS -w '\\n' "))
    answers = [json.loads(line) for line in said.splitlines()]
    assert answers
    assert all(answer["success"] is True for answer in answers), answers
    assert await types(alice) == SENT[call]


@pytest.mark.parametrize("call", CALLS)
async def test_the_python_lines_run(alice: Any, fill: Any, post_office: None, call: str) -> None:
    await ran(sys.executable, "-I", "-c", fill(f"{ONCE['python']}\n{LOUD}{examples(call)['python']}"))
    assert await types(alice) == SENT[call][-1:]
