"""Every route of an account, from the router: closed without a key, without its scope, and to other accounts.

All is refused here and nothing changes, so all tests ask one API.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import httpx
import pytest
import pytest_asyncio
from litestar.handlers import HTTPRouteHandler

from messageapi.app import ACCOUNT
from messageapi.site.examples import REQUESTS
from messageapi.vocab.caller import SCOPES

MINIMAL = {
    "sendByAddress": {"recipient": "+4915222222222", "text": "x", "wait": "0"},
    "removeOptOut": {"recipient": "+4915222222222"},
}
SOMEBODY = {
    **dict.fromkeys(("phone", "chat", "person"), "+4915222222222"),
    "group": "120363041234567890@g.us",
    "call_id": "CALL",
}
shared = pytest.mark.asyncio(loop_scope="module")
ROUTES = pytest.mark.parametrize("route", ACCOUNT, ids=lambda route: route.operation_id)
OF_ONE_THING = pytest.mark.parametrize(
    "route", [route for route in ACCOUNT if "{" in next(iter(route.paths))], ids=lambda route: route.operation_id
)


def _method(route: HTTPRouteHandler) -> str:
    return str(next(iter(route.http_methods)))


def _path(route: HTTPRouteHandler, ids: dict[str, str]) -> str:
    path = next(iter(route.paths)).replace(":str}", "}")
    return path.format(**SOMEBODY, **ids)


def _given(route: HTTPRouteHandler) -> dict[str, Any]:
    body = REQUESTS.get(str(route.operation_id))
    return (
        {"params": MINIMAL.get(str(route.operation_id)), "json": body}
        if body
        else {"params": MINIMAL.get(str(route.operation_id))}
    )


@dataclass(frozen=True)
class Standing:
    """Who asks, and the ids of one thing of each kind that are all Alice's. `clerk`: one of hers without this scope."""

    client: httpx.AsyncClient
    alice: Any
    charlie: Any
    alices: dict[str, str]
    clerk: Callable[[str], Awaitable[Any]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standing(
    standing_doors: Any, visiting: Any, make: ModuleType, cast: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Standing]:
    async with standing_doors(tmp_path_factory.mktemp("standing")) as doors, visiting(doors) as client:
        hire = cast.hiring(doors, client, make)
        alice, charlie = [await hire(await make.make_account(doors, name=name)) for name in ("Alice", "Charlie")]
        clerks: dict[str, Any] = {}

        async def clerk(missing: str) -> Any:
            others = tuple(scope for scope in SCOPES if scope != missing)
            clerks[missing] = clerks.get(missing) or await hire(alice.caller, others)
            return clerks[missing]

        yield Standing(client, alice, charlie, await _one_of_each(alice, doors, make), clerk)


async def _one_of_each(alice: Any, doors: Any, make: ModuleType) -> dict[str, str]:
    number = await make.make_number(doors, alice.caller)
    message = await make.make_message(doors, alice.caller)
    upload = (await alice.post("/api/v1/media", files={"file": ("a.txt", b"Hello", "text/plain")})).json()
    webhook = (await alice.post("/api/v1/webhooks", json=REQUESTS["createWebhook"])).json()["id"]
    ids = {"number_id": number, "message_id": message, "key_id": alice.key_id, "media_id": upload["id"]}
    return {**ids, "webhook_id": webhook, "event_id": NOBODYS["event_id"]}


NOBODYS = {
    "number_id": "num_nobody",
    "message_id": "0198c7d2-5b1e-7c3a-9f04-6d2b8e1a7c55",
    "key_id": "key_nobody",
    "media_id": "med_nobody",
    "webhook_id": "whk_nobody",
    "event_id": "evt_nobody",
}


@ROUTES
@shared
async def test_it_is_closed_without_a_key(standing: Standing, route: HTTPRouteHandler) -> None:
    answer = await standing.client.request(_method(route), _path(route, NOBODYS), **_given(route))
    assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")


@ROUTES
@shared
async def test_it_is_closed_to_a_key_with_every_scope_but_its_own(standing: Standing, route: HTTPRouteHandler) -> None:
    clerk = await standing.clerk(str(route.opt["permission"]))
    answer = await clerk.call(_method(route), _path(route, NOBODYS), **_given(route))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def _everything(person: Any) -> list[dict[str, Any]]:
    """All that the account has, but for when its keys were last used: that is noted in the background."""
    items = [
        (await person.get(path)).json()["items"] for path in ("/api/v1/numbers", "/api/v1/messages", "/api/v1/keys")
    ]
    return [{name: value for name, value in each.items() if name != "lastUsedAt"} for kind in items for each in kind]


@OF_ONE_THING
@shared
async def test_what_is_alices_is_not_there_for_charlie(standing: Standing, route: HTTPRouteHandler) -> None:
    before = await _everything(standing.alice)
    answer = await standing.charlie.call(_method(route), _path(route, standing.alices), **_given(route))
    assert answer.status_code == 404
    assert answer.json()["code"].endswith("_not_found")
    assert await _everything(standing.alice) == before


@OF_ONE_THING
@shared
async def test_nothing_is_not_there_for_anybody(standing: Standing, route: HTTPRouteHandler) -> None:
    answer = await standing.alice.call(_method(route), _path(route, NOBODYS), **_given(route))
    assert answer.status_code == 404


@ROUTES
@shared
async def test_an_id_in_the_query_changes_nothing_because_it_is_refused(
    standing: Standing, route: HTTPRouteHandler
) -> None:
    for name in ("account", "accountId", "account_id", "number_id", "message_id", "key_id", "tenant"):
        answer = await standing.charlie.call(_method(route), _path(route, NOBODYS), params={name: "x"})
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter"), name
