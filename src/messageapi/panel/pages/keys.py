"""API keys: the list, one of them, a new one with its secret shown once, rotating, revoking. The pattern for pages with
lists and forms.
"""

from typing import Literal

from litestar import get, post

from messageapi.errors import Problem
from messageapi.keys import find
from messageapi.keys.create import create_key
from messageapi.keys.reach import Reach, read_list
from messageapi.keys.revoke import revoke_key
from messageapi.keys.rotate import rotate_key
from messageapi.numbers import find as numbers
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
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
    ("messages:send", N_("Send messages"), N_("And files, and edit or cancel them")),
    ("messages:read", N_("Read messages"), N_("Their status, and what was received")),
    ("numbers:read", N_("See numbers"), N_("Their state and settings")),
    ("numbers:manage", N_("Manage numbers"), N_("Add, link, change and remove them")),
    ("webhooks:manage", N_("Manage webhooks"), N_("Endpoints, deliveries and secrets")),
    ("keys:manage", N_("Manage API keys"), N_("Create and revoke keys")),
    ("account:read", N_("See the account"), N_("Its keys and settings")),
)
OVERLAPS = (
    ("24", N_("A day")),
    ("168", N_("A week")),
    ("1", N_("An hour")),
    ("0", N_("Not at all: it is refused now")),
)
"""Hours for which a rotated key works beside the new one."""
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
async def show_new_key(doors: Doors, visitor: Visitor) -> Html:
    return await _form(doors, visitor, Form([("scope", scope) for scope in USUAL]))


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
            reach=_reach(form),
        )
    except Problem as problem:
        return await _form(doors, visitor, form, problem)
    return _shown_once(doors, visitor, form.text("name"), created.key)


@get("/keys/{key_id:str}", opt=_VIEWER)
async def show_key(doors: Doors, visitor: Visitor, key_id: str) -> Html:
    async with doors.db.reading() as tx:
        key = await find.one(tx, visitor.caller, key_id)
        mine = await numbers.every(tx, visitor.caller)
    limits = {"numbers": read_list(key.numbers), "networks": read_list(key.networks)}
    names = {number.id: number.name for number in mine}
    ended = key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= visitor.now)
    return page(visitor, "keys/one.html", key=key, limits=limits, names=names, ended=ended, scopes=_words())


@get("/keys/{key_id:str}/rotate", opt=_ADMIN)
async def show_rotate(doors: Doors, visitor: Visitor, key_id: str) -> Html:
    async with doors.db.reading() as tx:
        key = await find.one(tx, visitor.caller, key_id)
    return page(visitor, "keys/rotate.html", key=key, overlaps=OVERLAPS)


@post("/keys/{key_id:str}/rotate", opt=_ADMIN)
async def take_rotate(doors: Doors, visitor: Visitor, form: Form, key_id: str) -> Html:
    chosen = form.text("overlap")
    hours = int(chosen) if chosen in dict(OVERLAPS) else 24
    made = await rotate_key(doors, visitor.caller, key_id, overlap_hours=hours)
    async with doors.db.reading() as tx:
        name = (await find.one(tx, visitor.caller, made.id)).name
    return _shown_once(doors, visitor, name, made.key)


@get("/keys/{key_id:str}/revoke", opt=_ADMIN)
async def show_revoke(doors: Doors, visitor: Visitor, key_id: str) -> Html:
    async with doors.db.reading() as tx:
        key = await find.one(tx, visitor.caller, key_id)
    return page(visitor, "keys/revoke.html", key=key)


@post("/keys/{key_id:str}/revoke", opt=_ADMIN)
async def take_revoke(doors: Doors, visitor: Visitor, key_id: str) -> Html:
    await revoke_key(doors, visitor.caller, key_id)
    return go(visitor, "/keys", N_("Key revoked. Programs that use it are refused now."))


def _reach(form: Form) -> Reach:
    networks = tuple(form.text("networks").replace(",", " ").split())
    return Reach(numbers=tuple(form.all("number")) or None, networks=networks or None, test=form.on("test"))


async def _form(doors: Doors, visitor: Visitor, form: Form, problem: Problem | None = None) -> Html:
    async with doors.db.reading() as tx:
        mine = await numbers.every(tx, visitor.caller)
    return page(visitor, "keys/new.html", problem, form=form, scopes=SCOPES, numbers=mine)


def _shown_once(doors: Doors, visitor: Visitor, name: str, key: str) -> Html:
    return page(visitor, "keys/created.html", name=name, key=key, samples=sending(doors.settings.base_url, key))


def _words() -> dict[str, str]:
    return {name: word for name, word, _ in SCOPES}


routes = [
    list_keys,
    show_new_key,
    take_new_key,
    show_key,
    show_rotate,
    take_rotate,
    show_revoke,
    take_revoke,
]
