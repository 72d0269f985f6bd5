"""HTTP for the operator: open and list accounts, and the account's own routes under /operator/v1/accounts/{id}/api/v1.

An app of its own beside the public one, because its credential, its guard and its audience are others.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from ipaddress import ip_address
from typing import Annotated, Any

from litestar import Litestar, Router, get, post
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.params import QueryParameter

from messageapi.accounts.create import create_account
from messageapi.errors import Problem
from messageapi.live.stream import Live
from messageapi.operator import rows
from messageapi.operator.schemas import AccountList, AccountView, NewAccount, NewInvitation, Opened
from messageapi.operator.token import OperatorToken
from messageapi.people.membership.invite import invite
from messageapi.support.api import operator_routes
from messageapi.vocab.caller import Caller, operator_for
from messageapi.vocab.clock import iso
from messageapi.web.bodies import StrictRequest
from messageapi.web.credentials import key_of
from messageapi.web.doors import Doors
from messageapi.web.gate import idempotency_key, provide_caller, provide_repeat
from messageapi.web.head import with_head
from messageapi.web.paging import LARGEST, Limit
from messageapi.web.problems import Renderer
from messageapi.web.visit import visit

PREFIX = "/operator/v1"
PROXY_HEADERS = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-real-ip"})
App = Callable[[Any, Any, Any], Awaitable[None]]


@get(f"{PREFIX}/accounts")
async def list_accounts(
    doors: Doors, cursor: Annotated[str, QueryParameter(max_length=64)] = "", limit: Limit = LARGEST
) -> AccountList:
    """The cursor is the id of the last account: the operator may know it."""
    async with doors.db.reading() as tx:
        found = await rows.accounts_after(tx, limit + 1, cursor)
    shown = found[:limit]
    return AccountList(
        items=[AccountView(id=one.id, name=one.name, email=one.email, created_at=iso(one.created_at)) for one in shown],
        next_cursor=shown[-1].id if len(found) > limit else None,
    )


@post(f"{PREFIX}/accounts")
async def open_account(doors: Doors, data: NewAccount) -> Opened:
    return Opened(id=await create_account(doors, name=data.name, email=data.email, country=data.country))


@post(f"{PREFIX}/accounts/{{account_id:str}}/invitations")
async def invite_person(doors: Doors, caller: Caller, data: NewInvitation) -> Opened:
    return Opened(id=await invite(doors, caller, email=data.email, role=data.role))


class Guard:
    """From this machine, not through a proxy, with the token; then the caller is the account named in the path."""

    def __init__(self, doors: Doors, token: OperatorToken) -> None:
        self._doors = doors
        self._token = token

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        headers = connection.scope["headers"]
        if not _from_here(connection.scope):
            raise Problem("route_unknown", 404, "There is nothing at this address. The calls are under /docs/api.")
        if not self._token.opens(key_of(headers, [])):
            raise Problem(
                "operator_token_wrong",
                401,
                "This is not the operator's token of the running server. Read it again from operator.json.",
            )
        account_id = connection.path_params.get("account_id")
        if account_id is not None:
            await self._doors.keyring.sealer(account_id)  # 404 for an account that does not exist
            visit(connection.scope).caller = operator_for(account_id)
        if handler.opt.get("idempotent"):
            visit(connection.scope).idempotency_key = idempotency_key(headers)


def _from_here(scope: Mapping[str, Any]) -> bool:
    client = scope.get("client")
    if not client or any(name in PROXY_HEADERS for name, _ in scope["headers"]):
        return False
    try:
        return ip_address(client[0]).is_loopback
    except ValueError:
        return False


def operator_app(
    doors: Doors, token: OperatorToken, renderer: Renderer, routes: Sequence[HTTPRouteHandler], streams: Live
) -> Litestar:
    """`routes`: the routes of an account, as the public app has them; here the operator calls them for any account."""
    account = Router(f"{PREFIX}/accounts/{{account_id:str}}", route_handlers=[*with_head(routes)])
    return Litestar(
        route_handlers=[*with_head([list_accounts, *operator_routes]), open_account, invite_person, account],
        dependencies={
            "doors": Provide(lambda: doors, sync_to_thread=False),
            "live": Provide(lambda: streams, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=False),
            "repeat": Provide(provide_repeat, sync_to_thread=False),
        },
        guards=[Guard(doors, token)],
        exception_handlers=renderer.handlers(),
        request_class=StrictRequest,
        request_max_body_size=doors.settings.request_bytes,
        openapi_config=None,
        logging_config=None,  # its default would take over the log of the whole process
    )


def beside(public: App, operator: App) -> App:
    """The public app, with the operator's door at its own prefix."""

    async def chosen(scope: MutableMapping[str, Any], receive: object, send: object) -> None:
        path = scope.get("path", "")
        behind = scope["type"] == "http" and (path == PREFIX or path.startswith(PREFIX + "/"))
        await (operator if behind else public)(scope, receive, send)

    return chosen
