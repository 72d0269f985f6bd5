"""Callers without a valid key may do only so much in a minute; callers with one are not touched by them."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import httpx
import msgspec
import pytest

from messageapi.app import build_app
from messageapi.errors import DoorError
from messageapi.health import check
from messageapi.keys import rows as keys_rows
from messageapi.keys.format import make as new_key

MOST = 5
PATH = "/api/v1/numbers"
At = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def settings(settings: Any) -> Any:
    return msgspec.structs.replace(settings, address_requests_per_minute=MOST, trusted_proxies="10.0.0.0/8")


@pytest.fixture
def at(app: Any) -> At:
    """A client with this address."""
    return lambda address: httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=(address, 4711)), base_url="http://test"
    )


async def guess(client: httpx.AsyncClient, key: str | None = None, **headers: str) -> httpx.Response:
    return await client.get(PATH, headers={"X-API-Key": key or new_key(), **headers})


@pytest.mark.parametrize("key", [new_key, lambda: "msg_nonsense", lambda: ""], ids=["unknown", "mistyped", "none"])
async def test_guessing_comes_to_an_end(at: At, clock: Any, key: Callable[[], str]) -> None:
    async with at("203.0.113.7") as client:
        answers = [await client.get(PATH, headers={"X-API-Key": key()}) for _ in range(MOST + 3)]
        assert [answer.status_code for answer in answers] == [401] * MOST + [429] * 3
        refused = answers[-1]
        assert refused.json()["code"] == "rate_limited"
        assert refused.headers["retry-after"] == "60"
        clock.forward(60_000)
        assert (await guess(client)).status_code == 401


async def test_where_too_many_were_wrong_no_new_key_is_looked_at(
    at: At, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at("203.0.113.7") as client:
        for _ in range(MOST):
            await guess(client)
        asked: list[str] = []
        real = keys_rows.by_lookup

        async def by_lookup(tx: Any, lookup: str) -> Any:
            asked.append(lookup)
            return await real(tx, lookup)

        monkeypatch.setattr(keys_rows, "by_lookup", by_lookup)
        assert (await guess(client, alice.key)).status_code == 429
        for _ in range(10):
            await guess(client)
        assert asked == []


async def test_a_key_that_is_known_goes_on_where_others_guess(at: At, alice: Any, charlie: Any) -> None:
    async with at("203.0.113.7") as client:
        assert (await guess(client, alice.key)).status_code == 200
        for _ in range(MOST * 3):
            await guess(client)
        assert (await guess(client)).status_code == 429
        for _ in range(MOST * 3):
            assert (await guess(client, alice.key)).status_code == 200
        guessed = alice.key[:20] + charlie.key[20:]
        assert (await guess(client, guessed)).status_code == 429


async def test_a_revoked_key_is_no_longer_known(at: At, alice: Any, hire: Any) -> None:
    clerk = await hire(alice.caller, ("numbers:read",))
    async with at("203.0.113.7") as client:
        assert (await guess(client, clerk.key)).status_code == 200
        assert (await alice.delete(f"/api/v1/keys/{clerk.key_id}")).status_code == 204
        for _ in range(MOST):
            assert (await guess(client, clerk.key)).status_code == 401
        assert (await guess(client, clerk.key)).status_code == 429


async def test_valid_keys_are_not_counted_and_another_address_has_its_own(at: At, alice: Any) -> None:
    async with at("203.0.113.7") as client, at("203.0.113.8") as neighbour:
        for _ in range(MOST * 3):
            assert (await guess(client, alice.key)).status_code == 200
        for _ in range(MOST):
            assert (await guess(client)).status_code == 401
        assert (await guess(client)).status_code == 429
        assert (await guess(neighbour)).status_code == 401


@pytest.mark.parametrize("path", ["/", "/docs/errors", "/openapi.json", "/static/site.css"])
async def test_open_pages_are_bounded(at: At, path: str) -> None:
    async with at("203.0.113.7") as client:
        assert [(await client.get(path)).status_code for _ in range(MOST + 1)] == [200] * MOST + [429]
        assert (await client.head(path)).status_code == 429


async def test_health_is_never_refused(at: At) -> None:
    async with at("203.0.113.7") as client:
        for path in ("/healthz", "/readyz"):
            assert {(await client.get(path)).status_code for _ in range(MOST * 3)} == {200}


async def test_however_many_ask_for_readiness_it_is_looked_at_once(
    client: httpx.AsyncClient, doors: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, looking, go = 0, asyncio.Event(), asyncio.Event()
    real = check.readiness

    async def slow(doors: Any) -> check.Readiness:
        nonlocal looks
        looks += 1
        looking.set()
        await go.wait()
        return await real(doors)

    monkeypatch.setattr(check, "readiness", slow)
    asking = [asyncio.create_task(client.get("/readyz")) for _ in range(20)]
    await looking.wait()
    asking[0].cancel()
    go.set()
    answers = await asyncio.gather(*asking[1:])
    assert {answer.status_code for answer in answers} == {200}
    assert looks == 1


async def test_an_invented_address_helps_nobody_and_a_proxys_word_counts(at: At) -> None:
    async with at("203.0.113.7") as client, at("10.0.0.1") as proxy:
        invented = [await guess(client, **{"X-Forwarded-For": f"198.51.100.{each}"}) for each in range(MOST + 1)]
        assert invented[-1].status_code == 429
        for each in range(MOST):
            spoofed = f"198.51.100.{each}, 192.0.2.1"
            assert (await guess(proxy, **{"X-Forwarded-For": spoofed})).status_code == 401
        assert (await guess(proxy, **{"X-Forwarded-For": "192.0.2.1"})).status_code == 429
        assert (await guess(proxy, **{"X-Forwarded-For": "192.0.2.2"})).status_code == 401


async def test_one_customers_ipv6_addresses_are_one(at: At) -> None:
    for each in range(MOST):
        async with at(f"2001:db8::{each}") as client:
            assert (await guess(client)).status_code == 401
    async with at("2001:db8::ffff") as client:
        assert (await guess(client)).status_code == 429


async def test_a_malformed_list_of_proxies_is_said_at_the_start(doors: Any) -> None:
    wrong = msgspec.structs.replace(doors.settings, trusted_proxies="my proxy")
    with pytest.raises(DoorError, match="MESSAGEAPI_TRUSTED_PROXIES"):
        build_app(replace(doors, settings=wrong))
