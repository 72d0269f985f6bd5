"""Questions behind the operator's door: listed, read, answered, closed; and behind no other."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from messageapi.live.stream import live
from messageapi.operator.api import beside, operator_app
from messageapi.operator.token import FILE, OperatorToken
from messageapi.support.ask import ask
from messageapi.support.request import Question
from messageapi.web.doors import Doors
from messageapi.web.front import Front
from messageapi.web.problems import Renderer

MAYA = Question(name="Maya", email="maya@example.com", subject="Linking", text="How do I link a number?")


@pytest.fixture
async def operator(doors: Doors) -> AsyncIterator[httpx.AsyncClient]:
    token = OperatorToken()
    token.leave(doors.settings.data_folder, "http://127.0.0.1:8080")
    renderer = Renderer("", frozenset())

    async def public(scope: dict[str, object], _: object, send: Callable[[dict[str, object]], object]) -> None:
        raise AssertionError(f"{scope['path']} reached the public app")

    app = Front(beside(public, operator_app(doors, token, renderer, [], live(doors))), renderer, https=False)
    secret = json.loads((doors.settings.data_folder / FILE).read_text())["token"]
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 5000))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test/operator/v1", headers={"Authorization": f"Bearer {secret}"}
    ) as client:
        yield client


async def test_a_question_is_read_answered_and_closed(operator: httpx.AsyncClient, doors: Doors) -> None:
    request_id = await ask(doors, MAYA, seen_from="192.0.2.1")
    (listed,) = (await operator.get("/support", params={"state": "open"})).json()["items"]
    assert (listed["id"], listed["email"], listed["answers"]) == (request_id, "maya@example.com", [])
    answered = (await operator.post(f"/support/{request_id}/answer", json={"text": "Scan the QR code."})).json()
    assert (answered["state"], answered["answers"][0]["text"]) == ("answered", "Scan the QR code.")
    assert (await operator.post(f"/support/{request_id}/close")).json()["state"] == "closed"
    assert (await operator.get(f"/support/{request_id}")).json()["subject"] == "Linking"
    assert (await operator.get("/support", params={"state": "open"})).json()["items"] == []


async def test_a_long_list_comes_in_pages(operator: httpx.AsyncClient, doors: Doors) -> None:
    made = [await ask(doors, MAYA, seen_from=f"192.0.2.{place}") for place in range(3)]
    first = (await operator.get("/support", params={"limit": 2})).json()
    rest = (await operator.get("/support", params={"limit": 2, "cursor": first["nextCursor"]})).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == sorted(made, reverse=True)
    assert rest["nextCursor"] is None


@pytest.mark.parametrize(
    ("method", "path", "given", "says"),
    [
        ("GET", "/support/sup_x", {}, (404, "support_request_not_found")),
        ("POST", "/support/sup_x/close", {}, (404, "support_request_not_found")),
        ("POST", "/support/sup_x/answer", {"json": {"text": "Hi"}}, (404, "support_request_not_found")),
        ("POST", "/support/sup_x/answer", {"json": {"text": ""}}, (422, "field_invalid")),
        ("POST", "/support/sup_x/answer", {"json": {"txt": "Hi"}}, (400, "unknown_field")),
        ("GET", "/support?state=lost", {}, (422, "parameter_invalid")),
    ],
)
async def test_what_cannot_be_is_refused(
    operator: httpx.AsyncClient, method: str, path: str, given: dict[str, Any], says: tuple[int, str]
) -> None:
    answer = await operator.request(method, path, **given)
    assert (answer.status_code, answer.json()["code"]) == says, answer.text


async def test_without_the_operators_token_there_is_nothing(operator: httpx.AsyncClient, doors: Doors) -> None:
    await ask(doors, MAYA, seen_from="192.0.2.1")
    answer = await operator.get("/support", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert "maya" not in answer.text
