"""A key in the address: only where a route allows it, only a key made for it, and never written down anywhere."""

import json
from typing import Any

import httpx
import pytest

SEND = {"recipient": "+4915123456789", "text": "Hello", "wait": "0"}


@pytest.fixture
async def link_key(alice: Any, doors: Any, make: Any) -> str:
    await make.make_number(doors, alice.caller)
    made = await make.make_key(doors, alice.caller, in_link=True)
    return str(made.key)


async def test_a_key_made_for_links_sends(client: httpx.AsyncClient, link_key: str) -> None:
    sent = await client.get("/send.php", params={**SEND, "apikey": link_key})
    assert (sent.status_code, sent.json()["message"]) == (202, "Message accepted")
    assert "deprecation" in sent.headers


async def test_any_key_sends_from_a_header(alice: Any, link_key: str) -> None:
    sent = await alice.get("/send.php", params=SEND)
    assert sent.status_code == 202
    assert "deprecation" not in sent.headers


async def test_a_key_not_made_for_links_is_refused(alice: Any, client: httpx.AsyncClient) -> None:
    refused = await client.get("/send.php", params={**SEND, "apikey": alice.key})
    assert (refused.status_code, refused.json()["code"]) == (403, "key_not_for_links")


@pytest.mark.parametrize("path", ["/api/v1/status", "/api/v1/numbers", "/api/v1/messages", "/healthz"])
async def test_no_other_route_takes_a_key_from_the_address(client: httpx.AsyncClient, link_key: str, path: str) -> None:
    refused = await client.get(path, params={"apikey": link_key})
    assert (refused.status_code, refused.json()["code"]) == (400, "key_in_address")


@pytest.mark.parametrize("path", ["/", "/docs/api", "/login"])
async def test_no_page_takes_a_key_from_the_address(client: httpx.AsyncClient, link_key: str, path: str) -> None:
    refused = await client.get(path, params={"apikey": link_key})
    assert refused.status_code == 400
    assert link_key not in refused.text


async def test_a_key_sent_twice_is_refused(client: httpx.AsyncClient, link_key: str) -> None:
    refused = await client.get(f"/send.php?apikey={link_key}&apikey={link_key}&recipient=1&text=x")
    assert (refused.status_code, refused.json()["code"]) == (400, "key_conflict")


async def test_a_link_key_in_the_address_can_only_send(
    alice: Any, client: httpx.AsyncClient, doors: Any, make: Any
) -> None:
    made = await make.make_key(doors, alice.caller, scopes=("numbers:read",), in_link=True)
    refused = await client.get("/send.php", params={**SEND, "apikey": made.key})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


REQUESTS = [
    ("GET", "/send.php?apikey={}&recipient=%2B4915123456789&text=canarytext&wait=0"),
    ("GET", "/send.php?apikey={}&recipient=nonsense&text=x"),
    ("GET", "/send.php?APIKEY={}&recipient=1&text=x&surprise=1"),
    ("GET", "/send.php?%61pikey={}"),
    ("GET", "/send.php?apikey={}&text=%ff"),
    ("GET", "/send.php?recipient=1&apikey={}&image=http%3A%2F%2Fx"),
    ("POST", "/send.php?apikey={}"),
    ("GET", "/nowhere?apikey={}"),
    ("GET", "/api/v1/numbers?apikey={}&limit=0"),
    ("GET", "/api/v1/numbers?access_token={}"),
    ("GET", "/api/v1/numbers/%00?apikey={}"),
    ("OPTIONS", "/send.php?apikey={}"),
]


@pytest.mark.parametrize(("method", "target"), REQUESTS)
async def test_a_key_in_the_address_reaches_no_log_body_or_header(
    client: httpx.AsyncClient, link_key: str, logged: list[str], method: str, target: str
) -> None:
    answer = await client.request(method, target.format(link_key), headers={"Referer": "http://x/"})
    told = answer.text + json.dumps(dict(answer.headers))
    written = "\n".join(line for line in logged if "HTTP Request:" not in line)  # the test client's own line
    assert "request" in written
    for canary in (link_key, link_key[4:36], link_key[-12:]):
        assert canary not in told
        assert canary not in written


async def test_the_canary_is_seen_when_it_is_written(logged: list[str], link_key: str) -> None:
    """The positive control: without it the test above could pass by looking at nothing."""
    from messageapi.logs import log  # noqa: PLC0415

    log("web").info("request", address=f"/send.php?apikey={link_key}")
    assert link_key in "\n".join(logged)
