"""Where a key may come from, and what is said about one that does not open."""

from typing import Any

import httpx
import pytest

from messageapi.keys.format import make

PATH = "/api/v1/numbers"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": "{}"},
        {"x-api-key": " {} "},
        {"apikey": "{}"},
        {"APIKEY": "{}"},
        {"Authorization": "Bearer {}"},
        {"authorization": "bearer {}"},
        {"X-API-Key": "{}", "Authorization": "Bearer {}"},
        {"X-API-Key": "{}", "Authorization": "Basic dXNlcjpwYXNz"},
    ],
)
async def test_a_key_opens_from_each_header(alice: Any, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    filled = {name: value.format(alice.key) for name, value in headers.items()}
    assert (await client.get(PATH, headers=filled)).status_code == 200


def _mistyped(key: str) -> str:
    return key[:20] + ("a" if key[20] != "a" else "b") + key[21:]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (lambda _: {}, "key_missing"),
        (lambda _: {"X-API-Key": ""}, "key_missing"),
        (lambda key: {"Authorization": f"Basic {key}"}, "key_missing"),
        (lambda key: {"X-API-Key": _mistyped(key)}, "key_mistyped"),
        (lambda key: {"X-API-Key": key[:-1]}, "key_mistyped"),
        (lambda key: {"X-API-Key": key + key}, "key_mistyped"),
        (lambda key: {"X-API-Key": key.upper()}, "key_mistyped"),
        (lambda _: {"X-API-Key": "x" * 5_000}, "key_mistyped"),
        (lambda _: {"X-API-Key": "msg_ä".encode("latin-1")}, "key_mistyped"),
        (lambda _: {"X-API-Key": make()}, "key_unknown"),
    ],
)
async def test_a_key_that_does_not_open_says_why(alice: Any, client: httpx.AsyncClient, given: Any, code: str) -> None:
    refused = await client.get(PATH, headers=given(alice.key))
    assert (refused.status_code, refused.json()["code"]) == (401, code)
    assert refused.headers["www-authenticate"].startswith("Bearer")


async def test_two_different_keys_are_refused(alice: Any, charlie: Any, client: httpx.AsyncClient) -> None:
    headers = {"X-API-Key": alice.key, "Authorization": f"Bearer {charlie.key}"}
    refused = await client.get(PATH, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "key_conflict")


async def test_the_same_header_twice_with_two_keys_is_refused(
    alice: Any, charlie: Any, client: httpx.AsyncClient
) -> None:
    twice = [("X-API-Key", alice.key), ("X-API-Key", charlie.key)]
    refused = await client.get(PATH, headers=twice)
    assert (refused.status_code, refused.json()["code"]) == (400, "key_conflict")


async def test_a_key_without_the_scope_is_told_which_one(bob: Any) -> None:
    refused = await bob.post("/api/v1/messages", json={"to": "+4915123456789", "text": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert "messages:send" in refused.json()["detail"]
