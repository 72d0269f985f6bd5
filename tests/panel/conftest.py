"""Panel and site on a fresh database, and the cast in front of them: Ada owns an account, Abel is its admin, Bob may
look at it, Nora owns another.
"""

import contextlib
import importlib.util
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from messageapi.accounts.create import create_account
from messageapi.panel.app import Panel
from messageapi.panel.failures import as_page
from messageapi.settings import Settings
from messageapi.site.pages import ROUTES as SITE
from messageapi.store.db import Tx
from messageapi.store.tables import people
from messageapi.vocab.caller import Caller, operator_for
from messageapi.web.doors import Doors
from messageapi.web.front import Front
from messageapi.web.problems import Renderer
from messageapi.web.strangers import strangers

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@pytest.fixture(scope="session")
def staging() -> ModuleType:
    """tools/panel_stage.py"""
    path = Path(__file__).parents[2] / "tools" / "panel_stage.py"
    spec = importlib.util.spec_from_file_location("panel_stage", path)
    assert spec
    assert spec.loader
    module = sys.modules["panel_stage"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True, scope="module")
def hashes(quick_hashes: None) -> None:
    """No test here waits for a password."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path / "data"), sign_up="open")


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError(f"{scope['path']} is no page")


@dataclass(frozen=True)
class Browser:
    """Keeps cookies, and sends forms with the token of the page they are on."""

    client: httpx.AsyncClient
    caller: Caller | None = None

    def hold(self, session: str) -> None:
        """As if the server had set it."""
        self.client.cookies.set("session", session, domain="test.local")

    async def get(self, path: str, **given: Any) -> httpx.Response:
        return await self.client.get(path, **given)

    async def send(self, path: str, fields: dict[str, Any] | None = None, *, on: str = "") -> httpx.Response:
        """Open the page `on` which the form is, fill it in, send it to `path`."""
        found = TOKEN.search((await self.get(on or path)).text)
        return await self.post(path, {**(fields or {}), "csrf": found[1] if found else ""})

    async def post(self, path: str, fields: dict[str, Any], **headers: str) -> httpx.Response:
        sent = {"sec-fetch-site": "same-origin", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return await self.client.post(path, data=fields, headers=sent)


Browsers = Callable[[], Browser]


def _front(doors: Doors) -> Front:
    panel = Panel(doors, strangers(doors.settings, doors.clock), _nothing, SITE)
    return Front(panel, Renderer("", frozenset(), as_page), https=False)


@contextlib.asynccontextmanager
async def _visiting(front: Front) -> AsyncIterator[Browsers]:
    async with contextlib.AsyncExitStack() as opened:

        def new() -> Browser:
            client = httpx.AsyncClient(transport=httpx.ASGITransport(front), base_url="http://test")
            opened.push_async_callback(client.aclose)
            return Browser(client)

        yield new


@pytest.fixture(scope="session")
def visiting() -> Callable[[Doors], contextlib.AbstractAsyncContextManager[Browsers]]:
    """Browsers before panel and site on these doors."""
    return lambda doors: _visiting(_front(doors))


@pytest.fixture
def app(doors: Doors) -> Front:
    return _front(doors)


@pytest.fixture
async def browser(app: Front) -> AsyncIterator[Browsers]:
    """A browser nobody is signed in with."""
    async with _visiting(app) as new:
        yield new


@pytest.fixture
def stranger(browser: Browsers) -> Browser:
    return browser()


Enter = Callable[[Caller, str, str], Awaitable[Browser]]


@pytest.fixture
def enter(doors: Doors, browser: Browsers, staging: ModuleType) -> Enter:
    """Somebody of an account, signed in."""

    async def entered(account: Caller, name: str, role: str) -> Browser:
        email = f"{name.lower()}@example.com"
        token = await staging.enter(doors, account, name, email, role)
        somebody = Browser(browser().client, account)
        somebody.hold(token)
        return somebody

    return entered


@pytest.fixture
async def account(doors: Doors) -> Caller:
    return operator_for(await create_account(doors, name="Lovelace Shop", email="shop@example.com"))


@pytest.fixture
async def ada(account: Caller, enter: Enter) -> Browser:
    return await enter(account, "Ada", "owner")


@pytest.fixture
async def abel(account: Caller, enter: Enter) -> Browser:
    return await enter(account, "Abel", "admin")


@pytest.fixture
async def bob(account: Caller, enter: Enter) -> Browser:
    return await enter(account, "Bob", "viewer")


@pytest.fixture
async def olga(doors: Doors, account: Caller, enter: Enter) -> Browser:
    """Runs the server, and owns the account as well: every page is hers."""
    browser = await enter(account, "Olga", "owner")

    async def promote(tx: Tx) -> None:
        await tx.execute(update(people).where(people.c.email == "olga@example.com").values(operator=True))

    await doors.db.writer.run(promote)
    return browser


@pytest.fixture
async def nora(doors: Doors, enter: Enter) -> Browser:
    other = operator_for(await create_account(doors, name="Nora", email="nora-account@example.com"))
    return await enter(other, "Nora", "owner")


@pytest.fixture
def linked(doors: Doors, staging: ModuleType) -> Callable[..., Awaitable[str]]:
    """A number of the account that sends; its id."""

    async def made(caller: Caller, name: str = "Shop", phone: str = "+4915112345678") -> str:
        return str(await staging.add_number(doors, caller, name, phone, state="connected"))

    return made
