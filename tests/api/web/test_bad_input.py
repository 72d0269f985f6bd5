"""Requests that are wrong in every way HTTP allows: each gets a clear refusal, none a 500, nothing is half done."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

MESSAGES = "/api/v1/messages"
GOOD = {"to": "+4915123456789", "text": "Hello"}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"", JSON, 400, "body_missing"),
        (b"{", JSON, 400, "json_malformed"),
        (b'{"to": "1", "text": "x",}', JSON, 400, "json_malformed"),
        (b'{"to": "1", "text": "\xff"}', JSON, 400, "encoding_invalid"),
        (b"\xfe\xff\x00{", JSON, 400, "json_malformed"),
        (b'{"to": "1", "text": "\\ud800"}', JSON, 400, "json_malformed"),
        (b"[" * 60_000, JSON, 422, "field_invalid"),
        (b'{"metadata": ' + b"[" * 60_000, JSON, 422, "field_invalid"),
        (b"null", JSON, 422, "field_invalid"),
        (b'"text"', JSON, 422, "field_invalid"),
        (b'{"to": 4915123456789, "text": "x"}', JSON, 422, "field_invalid"),
        (b'{"to": ["1"], "text": "x"}', JSON, 422, "field_invalid"),
        (b'{"to": "1"}', JSON, 422, "field_missing"),
        (b'{"to": "1", "text": "x", "texd": "y"}', JSON, 400, "unknown_field"),
        (b'{"to": "1", "text": "x", "account": "acc_1"}', JSON, 400, "unknown_field"),
        (b'{"to": "1", "text": "x", "image": "http://x"}', JSON, 400, "unknown_field"),
        (b"to=1&text=x", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "media_type_unsupported"),
        (b"<x/>", {"Content-Type": "text/xml"}, 415, "media_type_unsupported"),
        (b"{}", {"Content-Type": "nonsense"}, 415, "media_type_unsupported"),
        (b"x" * 70_000, JSON, 413, "body_too_large"),
    ],
)
async def test_a_wrong_body_is_refused(
    alice: Any, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    refused = await alice.post(MESSAGES, content=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.headers["content-type"] == "application/problem+json"


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 8_192


async def test_an_endless_body_without_a_length_is_cut_off(alice: Any) -> None:
    refused = await alice.post(MESSAGES, content=_endless(), headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("length", ["10", "0", "999999999999"])
async def test_a_lying_content_length_gets_no_more_in(alice: Any, length: str) -> None:
    refused = await alice.post(MESSAGES, content=_endless(), headers={**JSON, "Content-Length": length})
    assert refused.json()["code"] == "body_too_large"


@pytest.mark.parametrize("length", ["ten", "1e3", "1,1"])
async def test_a_content_length_that_is_no_number_is_refused(alice: Any, length: str) -> None:
    refused = await alice.post(MESSAGES, content=b"{}", headers={**JSON, "Content-Length": length})
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("limit=0", 422, "parameter_invalid"),
        ("limit=201", 422, "parameter_invalid"),
        ("limit=ten", 422, "parameter_invalid"),
        ("limit=", 422, "parameter_invalid"),
        ("limit=1&limit=2", 400, "repeated_parameter"),
        ("Limit=1", 400, "unknown_parameter"),
        ("status=asleep", 422, "parameter_invalid"),
        ("surprise=1", 400, "unknown_parameter"),
        ("cursor=made-up", 400, "cursor_invalid"),
        ("cursor=%ff", 400, "encoding_invalid"),
        ("%00=1", 400, "unknown_parameter"),
        ("&".join(f"a{at}=1" for at in range(60)), 400, "too_many_parameters"),
    ],
)
async def test_a_wrong_parameter_is_refused(alice: Any, query: str, status: int, code: str) -> None:
    refused = await alice.get(f"{MESSAGES}?{query}")
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_a_wrong_value_is_named_in_plain_words(alice: Any) -> None:
    refused = await alice.get(f"{MESSAGES}?limit=201")
    assert refused.json()["detail"] == "The parameter `limit` must be at most 200. Change it."


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nowhere", 404, "route_unknown"),
        ("/api/v2/messages", 404, "route_unknown"),
        ("/static/../app.py", 404, "route_unknown"),
        ("/static/..%2f..%2fapp.py", 404, "route_unknown"),
        ("/static/%2e%2e/%2e%2e/etc/passwd", 404, "route_unknown"),
        ("/%2f%2f%2f../../etc/passwd", 404, "route_unknown"),
        ("/api/v1/messages/a%00b", 400, "path_malformed"),
        ("/api/v1/messages/%ff", 400, "path_malformed"),
        ("/api/v1/messages/%0d%0aX-Injected:1", 400, "path_malformed"),
        ("/" + "a" * 2_000, 414, "path_too_long"),
    ],
)
async def test_a_wrong_path_is_refused(alice: Any, path: str, status: int, code: str) -> None:
    refused = await alice.get(path)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert "x-injected" not in refused.headers


@pytest.mark.parametrize("method", ["PUT", "TRACE", "DELETE", "NONSENSE"])
async def test_a_wrong_method_is_told_which_are_right(alice: Any, method: str) -> None:
    refused = await alice.call(method, MESSAGES)
    assert refused.status_code == 405
    assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "schl\u00fcssel".encode(), b"\x7f", "a\tb"])
async def test_a_malformed_idempotency_key_is_refused_before_anything_is_sent(
    alice: Any, doors: Any, make: Any, key: Any
) -> None:
    """Ignoring it could send twice."""
    await make.make_number(doors, alice.caller)
    for path, body in ((MESSAGES, GOOD), ("/api/v1/send", {"recipient": "+4915123456789", "text": "x"})):
        refused = await alice.post(path, json=body, headers={b"Idempotency-Key": key})
        assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_invalid")
    assert (await alice.get(MESSAGES)).json()["items"] == []


async def test_an_unauthenticated_caller_learns_nothing_about_a_body(client: httpx.AsyncClient) -> None:
    refused = await client.post(MESSAGES, content=b"{", headers=JSON)
    assert refused.json()["code"] == "key_missing"
