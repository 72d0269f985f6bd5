"""The operator's door: who gets in, what it opens, and that one account's routes stay that account's."""

import json
import stat
from collections.abc import Callable
from types import ModuleType
from typing import Any

import httpx
import pytest

from messageapi.keys.api import routes as key_routes
from messageapi.live.stream import live
from messageapi.messages.api import routes as message_routes
from messageapi.operator.api import beside, operator_app
from messageapi.operator.token import FILE, OperatorToken
from messageapi.vocab.caller import operator_for
from messageapi.vocab.clock import Clock, now_ms
from messageapi.web.doors import Doors
from messageapi.web.front import Front
from messageapi.web.problems import Renderer

ALICE = {"name": "Alice", "email": "alice@example.com"}
KEY = {"name": "shop", "scopes": ["messages:send"]}
Open = Callable[..., httpx.AsyncClient]


@pytest.fixture
def clock() -> Clock:
    return now_ms


@pytest.fixture
def token(doors: Doors) -> OperatorToken:
    token = OperatorToken()
    token.leave(doors.settings.data_folder, "http://127.0.0.1:8080")
    return token


@pytest.fixture
def client(doors: Doors, token: OperatorToken) -> Open:
    """A client of the whole front; by default from loopback with the token that lies in the data folder."""
    renderer = Renderer("", frozenset())

    async def public(scope: dict[str, object], _: object, send: Callable[[dict[str, object]], object]) -> None:
        raise AssertionError(f"{scope['path']} reached the public app")

    behind = operator_app(doors, token, renderer, [*key_routes, *message_routes], live(doors))
    app = Front(beside(public, behind), renderer, https=False)
    secret = json.loads((doors.settings.data_folder / FILE).read_text())["token"]

    def open_client(peer: str = "127.0.0.1", **headers: str | bytes) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=app, client=(peer, 5000))
        given: Any = {"Authorization": f"Bearer {secret}", **headers}
        return httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=given)

    return open_client


async def test_an_account_is_opened_and_listed(client: Open) -> None:
    async with client() as http:
        made = await http.post("/operator/v1/accounts", json=ALICE)
        listed = (await http.get("/operator/v1/accounts")).json()["items"]
    assert made.status_code == 201
    assert [(one["id"], one["email"]) for one in listed] == [(made.json()["id"], ALICE["email"])]


async def test_however_many_accounts_there_are_all_are_listed(client: Open) -> None:
    async with client() as http:
        made = [
            (await http.post("/operator/v1/accounts", json=ALICE | {"email": f"{n}@example.com"})).json()["id"]
            for n in range(4)
        ]
        first = (await http.get("/operator/v1/accounts", params={"limit": 2})).json()
        rest = (await http.get("/operator/v1/accounts", params={"cursor": first["nextCursor"]})).json()
    assert [[one["id"] for one in page["items"]] for page in (first, rest)] == [made[:2], made[2:]]
    assert rest["nextCursor"] is None


async def test_a_second_account_with_the_same_address_is_refused(client: Open) -> None:
    async with client() as http:
        await http.post("/operator/v1/accounts", json=ALICE)
        again = await http.post("/operator/v1/accounts", json=ALICE)
    assert (again.status_code, again.json()["code"]) == (409, "account_exists")


async def test_the_accounts_own_routes_are_behind_its_id(client: Open) -> None:
    async with client() as http:
        alice = (await http.post("/operator/v1/accounts", json=ALICE)).json()["id"]
        bob = (await http.post("/operator/v1/accounts", json=ALICE | {"email": "bob@example.com"})).json()["id"]
        made = await http.post(f"/operator/v1/accounts/{alice}/api/v1/keys", json=KEY)
        hers = (await http.get(f"/operator/v1/accounts/{alice}/api/v1/keys")).json()["items"]
        his = (await http.get(f"/operator/v1/accounts/{bob}/api/v1/keys")).json()["items"]
        revoked = await http.delete(f"/operator/v1/accounts/{bob}/api/v1/keys/{made.json()['id']}")
    assert made.json()["key"].startswith("msg_")
    assert [one["name"] for one in hers] == ["shop"]
    assert his == []
    assert revoked.status_code == 404


async def test_a_repeated_send_is_known_again_behind_this_door_too(
    client: Open, doors: Doors, make: ModuleType
) -> None:
    async with client() as http:
        alice = (await http.post("/operator/v1/accounts", json=ALICE | {"country": "DE"})).json()["id"]
        await make.make_number(doors, operator_for(alice))
        body, path = {"to": "0151 12345678", "text": "Hello"}, f"/operator/v1/accounts/{alice}/api/v1/messages"
        answers = [await http.post(path, json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
        refused = await http.post(path, json=body, headers={"Idempotency-Key": "a b"})
    assert answers[0].status_code == 202
    assert answers[0].json()["to"] == "4915112345678@s.whatsapp.net"
    assert answers[0].content == answers[1].content
    assert refused.json()["code"] == "idempotency_key_invalid"


async def test_an_account_that_does_not_exist_is_not_found(client: Open) -> None:
    async with client() as http:
        answer = await http.post("/operator/v1/accounts/acc_nobody/api/v1/keys", json=KEY)
    assert (answer.status_code, answer.json()["code"]) == (404, "account_unknown")


@pytest.mark.parametrize("peer", ["192.0.2.7", "2001:db8::7", "somewhere"])
async def test_another_machine_finds_nothing_here(client: Open, peer: str) -> None:
    async with client(peer) as http:
        answer = await http.get("/operator/v1/accounts")
    assert (answer.status_code, answer.json()["code"]) == (404, "route_unknown")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
async def test_a_request_that_came_through_a_proxy_finds_nothing_here(client: Open, header: str) -> None:
    async with client("127.0.0.1", **{header: "127.0.0.1"}) as http:
        assert (await http.get("/operator/v1/accounts")).status_code == 404


@pytest.mark.parametrize(
    ("given", "code"),
    [("Bearer wrong", "operator_token_wrong"), ("Bearer ümlaut", "operator_token_wrong"), ("", "key_missing")],
)
async def test_a_wrong_token_is_refused(client: Open, given: str, code: str) -> None:
    async with client(Authorization=given.encode("latin-1")) as http:
        answer = await http.get("/operator/v1/accounts")
    assert (answer.status_code, answer.json()["code"]) == (401, code)


@pytest.mark.parametrize(
    "body", [{"name": "A"}, {**ALICE, "role": "owner"}, {**ALICE, "email": 7}, {**ALICE, "email": "no"}]
)
async def test_a_body_that_is_not_an_account_is_refused(client: Open, body: dict[str, object]) -> None:
    async with client() as http:
        answer = await http.post("/operator/v1/accounts", json=body)
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


async def test_unknown_paths_stay_behind_the_door(client: Open) -> None:
    async with client() as http:
        answer = await http.get("/operator/v1/attic")
    assert (answer.status_code, answer.json()["code"]) == (404, "route_unknown")


def test_the_token_lies_readable_by_its_owner_alone(doors: Doors, token: OperatorToken) -> None:
    path = doors.settings.data_folder / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert token.opens(json.loads(path.read_text())["token"])
    assert [one.name for one in path.parent.iterdir() if one.name.startswith(".")] == []


def test_the_token_is_new_at_every_start_and_gone_after_the_end(doors: Doors, token: OperatorToken) -> None:
    path = doors.settings.data_folder / FILE
    assert not OperatorToken().opens(json.loads(path.read_text())["token"])
    token.remove(path.parent)
    token.remove(path.parent)
    assert not path.exists()


async def test_the_operator_invites_people_to_an_account(client: Open) -> None:
    async with client() as operator:
        account = (await operator.post("/operator/v1/accounts", json=ALICE)).json()["id"]
        path = f"/operator/v1/accounts/{account}/invitations"
        made = await operator.post(path, json={"email": "bo@example.com", "role": "admin"})
        assert (made.status_code, made.json()["id"][:4]) == (201, "inv_")
        for body, status in (({"email": "nonsense"}, 422), ({"email": "bo@example.com", "role": "god"}, 422)):
            assert (await operator.post(path, json=body)).status_code == status
        nowhere = await operator.post("/operator/v1/accounts/acc_nobody/invitations", json={"email": "bo@example.com"})
        assert nowhere.status_code == 404
