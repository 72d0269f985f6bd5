"""The receivers of the how-tos run, take what we send once, and refuse what others send."""

import asyncio
import contextlib
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import aiohttp
import pytest

from messageapi.outside.errors import Code
from messageapi.vocab.clock import now_ms
from messageapi.webhooks.delivery.outcome import Error
from messageapi.webhooks.replay import replay_one
from messageapi.webhooks.signing import headers, new_secret

DOCS = Path(__file__).parents[2] / "docs"
PAGES = "".join(
    (DOCS / "howto" / f"{name}.md").read_text("utf-8") for name in ("receive-webhooks", "webhook-receivers")
)
AROUND = Path(__file__).with_name("around")
OF_FETCHING = {"bad_status", "too_many_redirects", "wrong_encoding", "too_large", "program_failed", "busy"}
"""Codes of the outside door that no post ends with."""
TOKEN = "a-long-random-word"


@dataclass(frozen=True)
class Receiver:
    """`command` with its `{port}` and `{file}`; `program` is what has to be on the machine."""

    file: str
    command: Sequence[str]
    program: str = sys.executable
    path: str = "/hook"
    refuses: int = 401
    more: Mapping[str, str] = field(default_factory=dict)
    signed: bool = True


RECEIVERS = {
    "Python": Receiver("receiver.py", [sys.executable, "{file}"], path="/"),
    "Node": Receiver("receiver.js", ["node", "{file}"], "node", path="/"),
    "FastAPI": Receiver("receiver.py", [sys.executable, "-m", "uvicorn", "receiver:app", "--port", "{port}"]),
    "Flask": Receiver("receiver.py", [sys.executable, "-m", "flask", "--app", "receiver", "run", "--port", "{port}"]),
    "Django": Receiver("receiver.py", [sys.executable, "{file}", "runserver", "--noreload", "{port}"]),
    "PHP": Receiver("hook.php", ["php", "-S", "127.0.0.1:{port}", "{file}"], "php"),
    "Go": Receiver("main.go", ["go", "run", "{file}"], "go", more={"GO111MODULE": "off"}),
    "n8n": Receiver("node.js", ["node", str(AROUND / "n8n.js"), "{file}", "{port}"], "node", refuses=500),
    "Google Apps Script": Receiver(
        "script.js",
        ["node", str(AROUND / "apps_script.js"), "{file}", "{port}"],
        "node",
        path=f"/exec?token={TOKEN}",
        refuses=500,
        signed=False,
    ),
}
QUICK = {"Python", "Node"}
ONCE_BY_ANOTHER = {"n8n"}  # a node behind it does


def code_of(name: str) -> str:
    found = re.search(rf"^#+ {name}\n.*?^```\w+\n(.*?)^```$", PAGES, re.DOTALL | re.MULTILINE)
    assert found, f"no code under {name}"
    return found[1]


@pytest.fixture
def port(part: Any) -> int:
    """Nobody else gets it before the program listens there."""
    return int(part("processes").free_port())


class Running:
    """A receiver that listens, and what it prints."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        assert process.stdout
        self.url = url
        self._process = process
        self._said = process.stdout
        self.seen = ""

    async def says(self, *words: str) -> str:
        """The next line that has all of these."""
        while line := (await self._said.readline()).decode("utf-8", "replace"):
            self.seen += line
            if all(word in line for word in words):
                return line
        raise AssertionError(f"it ended without saying {words}:\n{self.seen}")

    async def listens(self, port: int) -> None:
        while True:
            assert self._process.returncode is None, (await self._said.read()).decode("utf-8", "replace")
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)  # nothing rings when a program listens


@asynccontextmanager
async def running(name: str, secret: str, folder: Path, port: int) -> AsyncIterator[Running]:
    one = RECEIVERS[name]
    (folder / one.file).write_text(code_of(name).replace("'whsec_...'", f"'{secret}'"), "utf-8")
    values = {"file": str(folder / one.file), "port": str(port)}
    environment = {**os.environ, **one.more, "WEBHOOK_SECRET": secret, "PORT": str(port), "TOKEN": TOKEN}
    process = await asyncio.create_subprocess_exec(
        *(part.format(**values) if part.startswith("{") or "{port}" in part else part for part in one.command),
        cwd=folder,
        env={**environment, "PYTHONPATH": "", "HOME": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        started = Running(process, f"http://127.0.0.1:{port}{one.path}")
        await started.listens(port)
        yield started
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)  # `go run` has a child
        await process.wait()


@pytest.fixture
def clock() -> Callable[[], int]:
    """Receivers check that a signature is of now."""
    return now_ms


def here(name: str) -> Receiver:
    one = RECEIVERS[name]
    if shutil.which(one.program) is None:
        pytest.skip(f"{one.program} is not on this machine")
    return one


EACH = [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow]) for name in RECEIVERS]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", EACH)
async def test_it_takes_our_events_once_and_refuses_forgeries(stage: Any, name: str, tmp_path: Path, port: int) -> None:
    one, secret = here(name), new_secret()
    async with asyncio.timeout(200), running(name, secret, tmp_path, port) as receiver:
        made = await stage.endpoint(receiver.url, secret=secret if one.signed else None)
        await stage.events.happen("Ärger & Söhne 🎉")
        await receiver.says("number.connected", "Ärger & Söhne 🎉")
        (first,) = await stage.settled(made.endpoint.id, lambda found: found and found[0].state == "delivered")
        assert 200 <= first.status < 300
        await replay_one(stage.doors, stage.alice, made.endpoint.id, first.event_id)
        await stage.settled(made.endpoint.id, lambda found: found[0].state == "delivered")
        await stage.events.happen("behind it")
        line = await receiver.says("number.connected")
        assert name in ONCE_BY_ANOTHER or "behind it" in line, "the first was taken twice"
        await refuses_others(stage, receiver, one)


async def refuses_others(stage: Any, receiver: Running, one: Receiver) -> None:
    """A forged one, and one signed with another secret."""
    now = str(now_ms() // 1_000)
    forged = {"webhook-id": "evt_1", "webhook-timestamp": now, "webhook-signature": "v1,AAAA"}
    url = receiver.url if one.signed else receiver.url.replace(TOKEN, "guess")
    async with aiohttp.ClientSession() as client:
        for headers in (forged, {}):
            async with client.post(url, data=b"{}", headers=headers) as answer:
                assert answer.status == one.refuses
    if one.signed:
        other = await stage.endpoint(receiver.url, secret=new_secret())
        await stage.events.happen("not for this secret")
        await stage.settled(other.endpoint.id, lambda found: found and found[0].status == one.refuses)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", [each for each in EACH if RECEIVERS[str(each.values[0])].signed])
async def test_what_is_old_is_refused_although_it_is_signed(name: str, tmp_path: Path, port: int) -> None:
    one, secret = here(name), new_secret()
    async with (
        asyncio.timeout(200),
        running(name, secret, tmp_path, port) as receiver,
        aiohttp.ClientSession() as client,
    ):
        body = b'{"id":"evt_old","type":"number.connected","data":{}}'
        for age, expected in ((600, one.refuses), (0, 200)):
            signed = headers("evt_old", now_ms() // 1_000 - age, body, [secret])
            async with client.post(receiver.url, data=body, headers=signed) as answer:
                assert answer.status // 100 == expected // 100


@pytest.mark.parametrize("code", sorted({*get_args(Error), *get_args(Code)} - OF_FETCHING))
def test_every_reason_for_a_failure_is_documented(code: str) -> None:
    assert f"`{code}`" in (DOCS / "reference" / "webhooks.md").read_text("utf-8")
