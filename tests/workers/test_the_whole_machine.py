"""`serve` as a process, the real protocol library against the sandbox: first start, crash, stop, second start."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from messageapi.sandbox.client import SandboxControl

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

START_S = 120
BACK_S = 60
STOP_S = 20


@dataclass
class Server:
    """A running `messageapi serve` and what it said when it was ready."""

    process: asyncio.subprocess.Process
    ready: dict[str, Any]
    http: aiohttp.ClientSession

    async def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        async with self.http.request(method, self.ready["address"] + path, json=body) as response:
            assert response.status < 300, await response.text()
            return dict(await response.json())

    async def number(self) -> dict[str, Any]:
        (one,) = (await self.call("GET", "/api/v1/numbers"))["items"]
        return dict(one)

    async def send(self, text: str) -> None:
        body = {"recipient": self.ready["phones"][1], "text": text, "wait": 30}
        assert (await self.call("POST", "/api/v1/send", body))["success"] is True

    async def pasted(self) -> None:
        """Run the line that the server prints, as a person would."""
        if shutil.which("curl") is None:
            pytest.skip("there is no curl on this machine")
        process = await asyncio.create_subprocess_shell(self.ready["curl"], stdout=asyncio.subprocess.PIPE)
        said, _ = await process.communicate()
        assert json.loads(said)["success"] is True

    async def connected(self, *, since: str = "") -> dict[str, Any]:
        """The number, once it is connected anew."""
        async with asyncio.timeout(BACK_S):
            while (seen := await self.number())["state"] != "connected" or seen["since"] <= since:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        return seen

    def children(self, module: str = "") -> list[psutil.Process]:
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [one for one in found if module in " ".join(one.cmdline())]

    async def ends(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        async with asyncio.timeout(STOP_S):
            return await self.process.wait()


@contextlib.asynccontextmanager
async def served(data: Path, key: str | None = None) -> AsyncIterator[Server]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MESSAGEAPI_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "messageapi.cli", "serve", "--json"),
        env=kept | {"MESSAGEAPI_DATA": str(data), "MESSAGEAPI_PORT": "0"},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout
        async with asyncio.timeout(START_S):
            ready = json.loads(await process.stdout.readline())
        async with aiohttp.ClientSession(headers={"X-API-Key": key or ready["key"]}) as http:
            yield Server(process, ready, http)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def received(data: Path, phone: str) -> list[str]:
    async with SandboxControl.from_folder(data / "sandbox") as control:
        return [message.text for message in (await control.inbox(phone)).messages]


async def gone(processes: list[psutil.Process]) -> bool:
    return not (await asyncio.to_thread(psutil.wait_procs, processes, timeout=STOP_S))[1]


async def test_a_machine_starts_sends_survives_a_crash_stops_and_comes_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with served(data) as first:
        assert first.ready["trouble"] is None
        key = first.ready["key"]
        assert key in first.ready["curl"]
        await first.pasted()
        linked = await first.number()
        (host,) = first.children("messageapi.engines.host.run")
        host.kill()
        await first.connected(since=linked["since"])
        await first.send("after the crash")
        children = first.children()
        assert await first.ends(signal.SIGTERM) == 0
        assert await gone(children)
    assert not (data / "operator.json").exists()

    async with served(data, key) as second:
        assert (second.ready["key"], second.ready["account"]) == (None, first.ready["account"])
        back = await second.connected()
        assert (back["id"], back["phone"]) == (linked["id"], linked["phone"])
        await second.send("after the restart")
        assert await received(data, second.ready["phones"][1]) == [
            "Hello from MessageAPI",
            "after the crash",
            "after the restart",
        ]
        assert await second.ends(signal.SIGINT) == 0


async def test_nothing_outlives_a_killed_server_and_the_next_start_is_whole(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with served(data) as first:
        key, children = first.ready["key"], first.children()
        assert len(children) >= 3
        await first.ends(signal.SIGKILL)
        assert await gone(children)
    async with served(data, key) as second:
        await second.connected()
        await second.send("hello again")


async def test_a_second_server_on_the_same_data_or_port_says_so_and_leaves_the_first_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with served(data) as first:
        port = first.ready["address"].rpartition(":")[2]
        for environment, sentence in (
            ({"MESSAGEAPI_DATA": str(data), "MESSAGEAPI_PORT": "0"}, "uses the data folder"),
            ({"MESSAGEAPI_DATA": str(tmp_path / "other"), "MESSAGEAPI_PORT": port}, f"Port {port}"),
        ):
            code, said = await refused(environment)
            assert (code, sentence in said, "Traceback" in said) == (6, True, False), said
        await first.send("still here")


async def test_a_data_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    code, said = await refused({"MESSAGEAPI_DATA": str(tmp_path / "file" / "data"), "MESSAGEAPI_PORT": "0"})
    assert (code, "cannot be used" in said, "Traceback" in said) == (6, True, False), said


async def refused(environment: dict[str, str]) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "messageapi.cli", "serve"), env=os.environ | environment, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(START_S):
        _, said = await process.communicate()
    return process.returncode, said.decode()
