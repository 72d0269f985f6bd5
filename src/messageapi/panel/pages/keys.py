"""API keys: the list, a new one with its secret shown once, revoking. The pattern for pages with lists and forms."""

from typing import Literal

from litestar import get, post

from messageapi.errors import Problem
from messageapi.keys import find
from messageapi.keys.create import create_key
from messageapi.keys.revoke import revoke_key
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, go, page
from messageapi.panel.samples import sending
from messageapi.panel.visitor import Visitor
from messageapi.web import paging
from messageapi.web.doors import Doors

LISTING = "panel:keys"
PER_PAGE = 25
_VIEWER, _ADMIN = {"permission": "viewer"}, {"permission": "admin"}
_A_DAY = 86_400_000
LIVES = {"": None, "30": 30, "90": 90, "365": 365}
"""Days until a key ends, as the form offers them."""
SCOPES = (
    ("messages:send", "Send messages", "And files, and edit or cancel them"),
    ("messages:read", "Read messages", "Their status, and what was received"),
    ("numbers:read", "See numbers", "Their state and settings"),
    ("numbers:manage", "Manage numbers", "Add, link, change and remove them"),
    ("webhooks:manage", "Manage webhooks", "Endpoints, deliveries and secrets"),
    ("keys:manage", "Manage API keys", "Create and revoke keys"),
    ("account:read", "See the account", "Its keys and settings"),
)
USUAL = ["messages:send", "messages:read", "numbers:read"]


@get("/keys", opt=_VIEWER)
async def list_keys(
    doors: Doors, visitor: Visitor, show: Literal["usable", "ended"] = "usable", cursor: str | None = None
) -> Html:
    caller = visitor.caller
    sealer = await doors.keyring.sealer(caller.account_id)
    before = paging.position(sealer, LISTING, cursor) if cursor else None
    async with doors.db.reading() as tx:
        found = await find.page(tx, caller, before, PER_PAGE + 1, state=show, now=visitor.now)
    shown = paging.page(sealer, LISTING, [(key.id, key) for key in found], PER_PAGE)
    return page(visitor, "keys/list.html", shown=shown, show=show, later=bool(cursor), scopes=_words())


@get("/keys/new", opt=_ADMIN)
async def show_new_key(visitor: Visitor) -> Html:
    return _form(visitor, {}, USUAL)


@post("/keys", opt=_ADMIN)
async def take_new_key(doors: Doors, visitor: Visitor, form: Form) -> Html:
    days = LIVES.get(form.text("life"))
    try:
        created = await create_key(
            doors,
            visitor.caller,
            name=form.text("name"),
            scopes=form.all("scope"),
            in_link=form.on("in_link"),
            expires_at=visitor.now + days * _A_DAY if days else None,
        )
    except Problem as problem:
        return _form(visitor, form.values(), form.all("scope"), problem)
    samples = sending(doors.settings.base_url, created.key)
    return page(visitor, "keys/created.html", name=form.text("name"), key=created.key, samples=samples)


@get("/keys/{key_id:str}/revoke", opt=_ADMIN)
async def show_revoke(doors: Doors, visitor: Visitor, key_id: str) -> Html:
    async with doors.db.reading() as tx:
        key = await find.one(tx, visitor.caller, key_id)
    return page(visitor, "keys/revoke.html", key=key)


@post("/keys/{key_id:str}/revoke", opt=_ADMIN)
async def take_revoke(doors: Doors, visitor: Visitor, key_id: str) -> Html:
    await revoke_key(doors, visitor.caller, key_id)
    return go(visitor, "/keys", "Key revoked. Programs that use it are refused now.")


def _form(visitor: Visitor, values: dict[str, str], chosen: list[str], problem: Problem | None = None) -> Html:
    status = problem.status if problem else 200
    return page(visitor, "keys/new.html", status=status, problem=problem, values=values, chosen=chosen, scopes=SCOPES)


def _words() -> dict[str, str]:
    return {name: word for name, word, _ in SCOPES}


routes = [list_keys, show_new_key, take_new_key, show_revoke, take_revoke]
