"""A real browser in front of a real server with people in it: started once, for all tests of this folder."""

import asyncio
import contextlib
import email
import email.policy
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

AXE = Path(__file__).parents[1] / "vendor" / "axe" / "axe.min.js"
PATIENCE_MS = 40_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def running(staging: ModuleType) -> Iterator[Any]:
    with _staged(staging, "127.0.0.1") as stage:
        yield stage


@pytest.fixture
def named(staging: ModuleType) -> Iterator[Any]:
    """The same under a name, which passkeys need."""
    with _staged(staging, "localhost") as stage:
        yield stage


@contextlib.contextmanager
def _staged(staging: ModuleType, name: str) -> Iterator[Any]:
    """The stage, in a thread with a loop of its own."""
    loop, ready, done = asyncio.new_event_loop(), Future[Any](), asyncio.Event()

    async def serve() -> None:
        async with staging.stage(name) as stage:
            ready.set_result(stage)
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(_told(serve(), ready),), daemon=True)
    thread.start()
    yield ready.result(timeout=60)
    loop.call_soon_threadsafe(done.set)
    thread.join(timeout=20)


async def _told(work: Coroutine[Any, Any, None], ready: Future[Any]) -> None:
    try:
        await work
    except BaseException as failure:
        if not ready.done():
            ready.set_exception(failure)
        raise


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread for as long as it runs: no asynchronous test can run meanwhile."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


Enter = Callable[..., Page]


@pytest.fixture
def enter(chromium: Browser, running: Any) -> Iterator[Enter]:
    """A page of a browser in which `who` is signed in. What the browser complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def entered(who: str = "", **given: Any) -> Page:
        context = chromium.new_context(base_url=running.url, reduced_motion="reduce", **given)
        contexts.append(context)
        if who:
            context.add_cookies([{"name": "session", "value": running.sessions[who], "url": running.url}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda failure: complaints.append(str(failure)))
        return page

    yield entered
    for context in contexts:
        context.close()
    assert [each for each in complaints if "status of 4" not in each] == []


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe-core finds on a page."""

    def found(page: Page) -> list[str]:
        page.evaluate(AXE.read_text("utf-8"))
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        told = page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in told["violations"]
            for node in rule["nodes"]
        ]

    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def product(tmp_path: Path, data: Path) -> Iterator[str]:
    """The server with everything it starts, as somebody runs it; where it listens."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MESSAGEAPI_")}
    ours = {"DATA": str(data), "PORT": "0", "LOG_LEVEL": "warning", "SIGN_UP": "open", "SANDBOX": "on"}
    environment = kept | {f"MESSAGEAPI_{name}": value for name, value in ours.items()}
    command = [sys.executable, "-m", "messageapi.cli", "serve", "--json"]
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert process.stdout
    try:
        announced = process.stdout.readline()
        assert announced, (tmp_path / "serve.log").read_text()
        yield str(json.loads(announced)["address"])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        process.stdout.close()


@pytest.fixture
def mailed_link(data: Path) -> Callable[[Page], str]:
    """The link in the newest email that has one, once it was written."""

    def found(page: Page) -> str:
        for _ in range(PATIENCE_MS // 100):
            for path in sorted((data / "mail").glob("*.eml"), reverse=True):
                letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                body = letter.get_body(("plain",))
                link = re.search(r"\S+/verify\?token=[\w-]+", body.get_content() if body else "")
                if link:
                    return link[0]
            page.wait_for_timeout(100)
        raise AssertionError("no email came")

    return found


@pytest.fixture
def newcomer(chromium: Browser, product: str) -> Iterator[Page]:
    """Somebody nobody knows, in front of the whole product."""
    context = chromium.new_context(base_url=product, viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


@pytest.fixture(scope="session")
def shortcut() -> Callable[[Page, str, str], None]:
    """Press these keys one after the other, and wait for the page that they lead to."""

    def press(page: Page, keys: str, address: str) -> None:
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_url(address)

    return press
