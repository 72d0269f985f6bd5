"""The first call as quickstart and panel show it, in every language: it runs as it stands, wherever its runtime is."""

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from messageapi.panel.samples import sending

RUN = {
    "curl": ("sample.sh", ["sh", "-eu"]),
    "python": ("sample.py", [sys.executable]),
    "php": ("sample.php", ["php"]),
    "node": ("sample.mjs", ["node"]),
    "go": ("sample.go", ["go", "run"]),
    "sheets": ("sheets.js", ["node"]),
}
"""The file it is saved as, and what runs it."""
SHEETS = """
const { execFileSync } = require("child_process");
const UrlFetchApp = { fetch: (url, { method, contentType, headers, payload }) => {
  const named = Object.entries({ ...headers, "Content-Type": contentType });
  const given = ["-X", method.toUpperCase(), ...named.flatMap(([name, value]) => ["-H", `${name}: ${value}`])];
  const text = execFileSync("curl", ["-sS", ...given, "--data-binary", payload, url]).toString();
  return { getContentText: () => text };
} };
const Logger = { log: console.log };
"""
"""What Apps Script brings: it runs nowhere but at Google."""


def test_there_is_a_sample_in_each_language() -> None:
    assert [sample.tag for sample in sending("http://x", "msg_...")] == list(RUN)


@pytest.mark.slow
@pytest.mark.parametrize("tag", RUN)
@pytest.mark.usefixtures("post_office")
async def test_a_sample_sends(alice: Any, address: str, tag: str, folder: Path) -> None:
    name, command = RUN[tag]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    sample = next(each for each in sending(address, alice.key, "+4915222222222") if each.tag == tag)
    text = f"{SHEETS}{sample.text}\nsend();" if tag == "sheets" else sample.text
    (folder / name).write_text(text, "utf-8")
    process = await asyncio.create_subprocess_exec(
        *command, name, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, wrong = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode == 0, wrong.decode()
    assert "Message sent" in said.decode()
    (message,) = (await alice.get("/api/v1/messages")).json()["items"]
    assert (message["type"], message["status"]) == ("text", "sent")
