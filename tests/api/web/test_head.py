"""HEAD: what GET would say, without the body; and nothing is done."""

from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from messageapi.app import ACCOUNT
from messageapi.store.tables import messages

OPEN = ["/", "/docs", "/docs/api", "/docs/errors", "/openapi.json", "/static/site.css", "/healthz", "/readyz"]
READS = [
    next(iter(route.paths)).replace(":str}", "}")
    for route in ACCOUNT
    if route.http_methods == {"GET"} and route.opt["permission"] != "messages:send"
]
ONLY_WRITTEN = sorted({next(iter(route.paths)).replace(":str}", "}") for route in ACCOUNT} - set(READS))
NEW_EACH_TIME = {"x-request-id", "content-security-policy"}


def said(answer: httpx.Response) -> tuple[int, dict[str, str]]:
    quota = {name for name in answer.headers if name.startswith("ratelimit")}
    skipped = NEW_EACH_TIME | quota
    return answer.status_code, {name: value for name, value in answer.headers.items() if name not in skipped}


@pytest.mark.parametrize("path", OPEN)
async def test_open_pages_answer_as_get_does(client: httpx.AsyncClient, path: str) -> None:
    await client.get("/")  # gives the cookie that forms need
    plain = {"accept-encoding": "identity"}  # what is new each time, such as a nonce, packs to another length
    head, whole = await client.head(path, headers=plain), await client.get(path, headers=plain)
    assert head.content == b""
    assert said(head) == said(whole)
    assert int(head.headers["content-length"]) == int(whole.headers["content-length"]) > 0


@pytest.mark.parametrize("path", OPEN)
async def test_packed_pages_have_no_body_either(client: httpx.AsyncClient, path: str) -> None:
    await client.get("/")
    head, whole = await client.head(path), await client.get(path)
    assert head.content == b""
    assert head.headers.get("content-encoding") == whole.headers.get("content-encoding")
    assert int(head.headers["content-length"]) > 0


@pytest.mark.parametrize("path", READS)
async def test_what_is_read_with_a_key_answers_as_get_does(alice: Any, doors: Any, make: Any, path: str) -> None:
    number, message = await make.make_number(doors, alice.caller), await make.make_message(doors, alice.caller)
    upload = (await alice.post("/api/v1/media", files={"file": ("a.txt", b"Hello")})).json()["id"]
    webhook = (await alice.post("/api/v1/webhooks", json={"url": "https://example.com/hook"})).json()["id"]
    ids = {"number_id": number, "message_id": message, "media_id": upload, "webhook_id": webhook}
    path = path.format(**ids, event_id="evt_none", group="120363041234567890@g.us", person="+4915222222222")
    await alice.get(path)  # notes that the key was used, which the next answer may show
    head, whole = await alice.call("HEAD", path), await alice.get(path)
    assert head.content == b""
    assert said(head) == said(whole)


@pytest.mark.parametrize("path", READS)
async def test_without_a_key_it_is_as_closed_as_get(client: httpx.AsyncClient, path: str) -> None:
    head = await client.head(path)
    assert (head.status_code, head.content) == (401, b"")
    assert "www-authenticate" in head.headers


async def test_what_sends_takes_no_head_and_sends_nothing(alice: Any, doors: Any, make: Any) -> None:
    await make.make_number(doors, alice.caller)
    head = await alice.call("HEAD", "/send.php", params={"recipient": "+12025550123", "text": "Hello", "wait": "0"})
    assert (head.status_code, head.content) == (405, b"")
    assert "HEAD" not in head.headers["allow"]
    assert await doors.db.read(lambda tx: tx.scalar(select(func.count()).select_from(messages))) == 0


@pytest.mark.parametrize("path", ONLY_WRITTEN)
async def test_what_is_only_written_takes_no_head(alice: Any, path: str) -> None:
    assert (await alice.call("HEAD", path)).status_code == 405


async def test_allow_names_head_where_it_is_taken(client: httpx.AsyncClient) -> None:
    for answer in (await client.put("/healthz"), await client.options("/healthz")):
        assert {"GET", "HEAD", "OPTIONS"} == {each.strip() for each in answer.headers["allow"].split(",")}


async def test_an_address_that_is_nowhere_has_no_body_either(client: httpx.AsyncClient) -> None:
    for path in ("/nowhere", "/%00"):
        head = await client.head(path)
        assert (head.status_code >= 400, head.content) == (True, b"")
