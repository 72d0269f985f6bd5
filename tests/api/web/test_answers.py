"""What every answer carries, and what a failure on our side looks like from outside."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from litestar import get

from messageapi.app import ACCOUNT, build_app
from messageapi.bus.port import BusError
from messageapi.store.errors import StoreError, store_error
from messageapi.web.doors import Doors
from messageapi.web.gate import UndeclaredError

SECRET = "the body of a message"


@get("/fails/{how:str}", opt={"permission": "open"})
async def fails(how: str) -> None:
    if how == "bus":
        raise BusError("no_answer", "the deadline has passed", permanent=False)
    if how == "store":
        raise StoreError("invented", "not in any list", permanent=False)
    if how == "bug":
        raise ValueError(SECRET)
    raise store_error(how)


@pytest.fixture
async def failing(doors: Doors) -> AsyncIterator[httpx.AsyncClient]:
    app = build_app(doors, routes=[*ACCOUNT, fails])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as opened:
        yield opened


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("disk_full", "storage_disk_full"),
        ("overloaded", "storage_overloaded"),
        ("corrupt", "storage_corrupt"),
        ("unreachable", "storage_unreachable"),
        ("store", "temporarily_unavailable"),
        ("bus", "temporarily_unavailable"),
    ],
)
async def test_a_failing_door_is_a_503_that_says_when_to_come_back(
    failing: httpx.AsyncClient, how: str, code: str
) -> None:
    answer = await failing.get(f"/fails/{how}")
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert int(answer.headers["retry-after"]) >= 1
    assert SECRET not in answer.text


async def test_a_bug_is_a_500_with_a_request_id_and_its_text_goes_nowhere(
    failing: httpx.AsyncClient, logged: list[str]
) -> None:
    answer = await failing.get("/fails/bug")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    written = next(line for line in logged if "unexpected_failure" in line)
    assert "ValueError" in written
    assert "test_answers.py" in written
    assert answer.json()["requestId"] in written
    assert SECRET not in answer.text + "\n".join(logged)


async def test_a_route_that_names_no_permission_stops_the_building(doors: Doors) -> None:
    @get("/forgotten")
    async def forgotten() -> None: ...

    @get("/invented", opt={"permission": "everything"})
    async def invented() -> None: ...

    for route in (forgotten, invented):
        with pytest.raises(UndeclaredError, match=route.handler_name):
            build_app(doors, routes=[*ACCOUNT, route])


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere", "/api/v1/numbers", "/send.php", "/docs/api"])
async def test_every_answer_has_a_request_id_and_safe_headers(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert re.fullmatch(r"req_[0-9a-f]{24}", answer.headers["x-request-id"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


async def test_what_a_key_reads_is_stored_by_no_cache(alice: Any) -> None:
    assert (await alice.get("/api/v1/numbers")).headers["cache-control"] == "no-store"


async def test_a_clean_request_id_comes_back_and_any_other_is_replaced(client: httpx.AsyncClient) -> None:
    for given, kept in (("order-1042.7", True), ("short", False), ("x" * 65, False), ("a b c d e f", False)):
        answer = await client.get("/nowhere", headers={"X-Request-Id": given})
        assert (answer.headers["x-request-id"] == given) is kept
        assert answer.json()["requestId"] == answer.headers["x-request-id"]


async def test_a_keys_allowance_is_told_and_its_end_is_a_429(doors: Doors, alice: Any) -> None:
    import msgspec  # noqa: PLC0415

    narrow = msgspec.structs.replace(doors.settings, key_requests_per_minute=2)
    app = build_app(replace(doors, settings=narrow))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        headers = {"X-API-Key": alice.key}
        answers = [await client.get("/api/v1/numbers", headers=headers) for _ in range(3)]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "rate_limited"
    assert answers[2].headers["retry-after"] == answers[2].headers["ratelimit-reset"] == "60"


async def test_the_log_names_the_route_and_never_the_address(alice: Any, logged: list[str]) -> None:
    await alice.get("/api/v1/messages/4915123456789?x=4915123456789")
    await alice.get("/4915123456789")
    mine = [line for line in logged if "'event': 'request'" in line]
    assert len(mine) == 2
    assert "/api/v1/messages/{message_id}" in mine[0]
    assert "4915123456789" not in "".join(mine)
    assert "'status': 404" in mine[1]
