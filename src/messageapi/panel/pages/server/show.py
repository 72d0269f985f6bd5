"""The server, for its operator: how it is, all accounts and numbers, and the settings in effect. Counts and names, and
nothing of what customers write.
"""

from importlib.metadata import version
from typing import Literal

from litestar import get

from messageapi.errors import Problem
from messageapi.health.check import readiness
from messageapi.notices.overview import overview as mail_overview
from messageapi.numbers import find as numbers
from messageapi.operator import rows
from messageapi.operator.in_effect import in_effect
from messageapi.operator.overview import overview
from messageapi.panel.pages.settings.members import WORDS
from messageapi.panel.render import Html, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.access import find as accesses
from messageapi.people.membership import find as people
from messageapi.vocab.caller import operator_for
from messageapi.web import paging
from messageapi.web.doors import Doors

_OPERATOR = {"permission": "operator"}
PER_PAGE = 50
TROUBLED = ("degraded", "reconnecting", "limited", "passkey_required", "logged_out", "replaced", "banned")
SHOWN = {
    "all": (N_("All"), ()),
    "connected": (N_("Connected"), ("connected",)),
    "trouble": (N_("In trouble"), TROUBLED),
    "idle": (N_("Not linked or stopped"), ("created", "linking", "connecting", "stopped")),
}
"""Filters of the numbers."""


@get("/server", opt=_OPERATOR)
async def show_server(doors: Doors, visitor: Visitor) -> Html:
    ready, whole, mail = await readiness(doors), await overview(doors), await mail_overview(doors)
    return page(visitor, "server/overview.html", ready=ready, whole=whole, mail=mail, version=version("messageapi"))


@get("/server/accounts", opt=_OPERATOR)
async def list_all_accounts(doors: Doors, visitor: Visitor, search: str = "", cursor: str | None = None) -> Html:
    search = search.strip()[:200]
    sealer = await doors.keyring.sealer(visitor.caller.account_id)
    before = paging.position(sealer, "panel:server accounts", cursor) if cursor else None
    async with doors.db.reading() as tx:
        found = await rows.account_page(tx, search, before, PER_PAGE + 1)
    shown = paging.page(sealer, "panel:server accounts", [(each.id, each) for each in found], PER_PAGE)
    return page(visitor, "server/accounts.html", shown=shown, search=search, later=bool(cursor))


@get("/server/accounts/{account_id:str}", opt=_OPERATOR)
async def show_account(doors: Doors, visitor: Visitor, account_id: str) -> Html:
    caller = operator_for(account_id)
    async with doors.db.reading() as tx:
        account = await rows.account(tx, account_id)
        if account is None:
            raise Problem("account_unknown", 404, "This account does not exist. Check its id.")
        members, mine = await people.members(tx, caller), await numbers.every(tx, caller)
        asked = await accesses.every_open(tx, caller, visitor.now)
    access = next((each for each in asked if each.asked_by == visitor.person.person_id), None)
    facts: dict[str, object] = {"account": account, "members": members, "numbers": mine, "access": access}
    return page(visitor, "server/account.html", words=WORDS, **facts)


@get("/server/numbers", opt=_OPERATOR)
async def list_all_numbers(
    doors: Doors,
    visitor: Visitor,
    show: Literal["all", "connected", "trouble", "idle"] = "all",
    cursor: str | None = None,
) -> Html:
    sealer = await doors.keyring.sealer(visitor.caller.account_id)
    before = paging.position(sealer, "panel:server numbers", cursor) if cursor else None
    async with doors.db.reading() as tx:
        found = await rows.number_page(tx, SHOWN[show][1], before, PER_PAGE + 1)
    shown = paging.page(sealer, "panel:server numbers", [(each.id, each) for each in found], PER_PAGE)
    return page(visitor, "server/numbers.html", shown=shown, show=show, filters=SHOWN, later=bool(cursor))


@get("/server/settings", opt=_OPERATOR)
async def show_server_settings(doors: Doors, visitor: Visitor) -> Html:
    return page(visitor, "server/settings.html", settings=in_effect(doors.settings))


routes = [show_server, list_all_accounts, show_account, list_all_numbers, show_server_settings]
