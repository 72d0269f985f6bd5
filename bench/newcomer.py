"""A new user's first minutes: from a fresh clone to the first message on the command line, and from the sign-up form to
the first message that was read in a browser.

The clone is of what is committed. Its libraries come from wherever this machine's pip has them.
"""

import argparse
import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

from bench.outcome import say
from bench.processes import ROOT, BenchError, until

BROWSER_TEST = "tests/panel/browser/test_the_first_two_minutes.py"
SET_UP_S, START_S, STOP_S, SHOWN_S = 600.0, 60.0, 15.0, 30.0
LAST_WORDS = "Ctrl-C stops the server."
TEXT = "Hello from MessageAPI"
STAMP = ".venv/.run.stamp"
Figures = dict[str, object]


class Terminal:
    """What somebody types in the folder of the clone; `make serve` runs in a process group of its own."""

    def __init__(self, folder: Path) -> None:
        self.clone = folder / "messageapi"
        self._log = folder / "serve.log"
        ours = ("MESSAGEAPI_", "VIRTUAL_ENV")
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}

    def type(self, line: str, where: Path) -> str:
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=where,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"{line}: ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        """`make serve`, on a free port; killed in the end if it still runs."""
        with self._log.open("wb") as log:
            command = ["make", "serve", "ARGS=--port 0"]
            process = subprocess.Popen(
                command, cwd=self.clone, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    async def greeted(self, process: subprocess.Popen[bytes], seconds: float) -> list[str]:
        """What it printed, once it has printed all of it."""

        def ready() -> bool:
            if process.poll() is not None:
                raise BenchError(f"make serve ended:\n{self.said()}")
            return LAST_WORDS in self.said()

        await until(ready, seconds, "the greeting of make serve")
        return self.said().splitlines()

    def said(self) -> str:
        return self._log.read_text("utf-8", "replace")

    async def stop(self, process: subprocess.Popen[bytes]) -> float:
        """Seconds from Ctrl-C, which a terminal sends to all it has started, to the end."""
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        await until(lambda: process.poll() is not None, STOP_S, "make serve to end")
        return time.monotonic() - began


async def at_the_console() -> Figures:
    """Everything that the README's first lines say."""
    folder = Path(tempfile.mkdtemp(prefix="bench-newcomer-"))
    terminal = Terminal(folder)
    try:
        began = time.monotonic()
        terminal.type(f"git clone --quiet {ROOT} messageapi", folder)
        with terminal.serving() as process:
            await until(lambda: (terminal.clone / STAMP).exists() or process.poll() is not None, SET_UP_S, "setting up")
            set_up = time.monotonic() - began
            lines = await terminal.greeted(process, START_S)
            started = time.monotonic() - began
            terminal.type(behind("Send a message:", lines), terminal.clone)
            await until(lambda: TEXT in terminal.type(behind("See it arrive:", lines), terminal.clone), SHOWN_S, "it")
            total = time.monotonic() - began
            stop = await terminal.stop(process)
        began = time.monotonic()
        with terminal.serving() as process:
            await terminal.greeted(process, START_S)
            again = time.monotonic() - began
            stop = max(stop, await terminal.stop(process))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    spent = {"set_up_s": set_up, "first_start_s": started - set_up, "first_message_s": total - started}
    figures = {**spent, "total_s": total, "second_start_s": again, "stop_s": stop}
    return {name: round(seconds, 1) for name, seconds in figures.items()}


def behind(words: str, lines: list[str]) -> str:
    """The line to paste that stands under these words."""
    return lines[lines.index(words) + 1].strip()


def in_a_browser(folder: Path) -> float | None:
    """Seconds, as the test of this way has them; None where there is no browser."""
    report = folder / "report.xml"
    options = ("-q", "-p", "no:cacheprovider", "-o", "junit_family=legacy", f"--junitxml={report}")
    command = [sys.executable, "-m", "pytest", *options, BROWSER_TEST]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise BenchError(f"{BROWSER_TEST}:\n{done.stdout[-2000:]}")
    found = ET.parse(report).find(".//property[@name='seconds']")  # noqa: S314 - our own
    return None if found is None else float(found.attrib["value"])


async def measure(rounds: int) -> Figures:
    console = await at_the_console()
    with tempfile.TemporaryDirectory(prefix="bench-newcomer-") as folder:
        browser = [in_a_browser(Path(folder)) for _ in range(rounds)]
    return {"console": console, "browser_s": [seconds for seconds in browser if seconds is not None]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="in the browser")
    say("newcomer", asyncio.run(measure(parser.parse_args().rounds)))
