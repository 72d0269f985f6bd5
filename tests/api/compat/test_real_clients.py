"""The reference's calls as its callers make them: curl as on a command line and as PHP drives it, addresses put
together by hand, and the habits of HTTP libraries. Each row of the table in the API's description.
"""

import asyncio
import json
import sys
import urllib.parse
from typing import Any

import httpx
import pytest

TO = "4915222222222"
pytestmark = pytest.mark.usefixtures("post_office")


async def curl(*arguments: str) -> tuple[int, Any]:
    """Status and body."""
    command = ("curl", "--silent", "--show-error", "--max-time", "30", "--write-out", "\n%{http_code}", *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    body, _, status = said.decode().rpartition("\n")
    return int(status), json.loads(body)


async def newest(alice: Any, type_: str = "text") -> Any:
    (message, *_) = (await alice.get("/api/v1/messages", params={"type": type_})).json()["items"]
    return message


def assert_sent(answer: tuple[int, Any]) -> str:
    status, body = answer
    assert (status, body["success"], body["message"]) == (200, True, "Message sent"), body
    assert set(body) == {"success", "message", "messageId"}
    return str(body["messageId"])


@pytest.fixture
async def link_key(doors: Any, make: Any, alice: Any) -> str:
    return str((await make.make_key(doors, alice.caller, in_link=True)).key)


@pytest.mark.parametrize(
    "query",
    [
        "recipient={to}&apikey={key}&text=Hello",
        "apikey={key}&text=Hello+World%21&recipient=%2B{to}",
        "recipient=+{to}&text=Gr%C3%BC%C3%9Fe%20%26%20mehr&apikey={key}",
        "recipient=+49%20152-2222%202222&text=a%0Ab&apikey={key}&",
        "recipient={to}@s.whatsapp.net&text=Hi&apikey={key}",
        "recipient={to}@c.us&text=Hi&apikey={key}&image=&document=",
        "recipient=120363021033254949@g.us&text=Hi&apikey={key}",
        "recipient={to}&apikey={key}&image={web}/shop.png&text=Our+shop",
        "recipient={to}&apikey={key}&image={quoted}%2Fshop.png",
        "recipient={to}&apikey={key}&url={quoted}%2Fshop.png&caption=x",
        "recipient={to}&apikey={key}&document={web}/invoice.pdf&filename=Invoice+7.pdf",
        "recipient={to}&apikey={key}&pdf={web}/invoice.pdf&text=See+page+2",
        "recipient={to}&apikey={key}&url={web}/invoice.pdf",
        "recipient={to}&apikey={key}&document={web}/download",
    ],
)
async def test_send_php_by_address(alice: Any, address: str, somewhere: str, link_key: str, query: str) -> None:
    filled = query.format(to=TO, key=link_key, web=somewhere, quoted=urllib.parse.quote(somewhere, safe=""))
    message_id = assert_sent(await curl(f"{address}/send.php?{filled}"))
    shown = (await alice.get(f"/api/v1/messages/{message_id}")).json()
    picture = "shop.png" in query
    paper = "invoice.pdf" in query or "download" in query
    assert shown["type"] == ("image" if picture else "document" if paper else "text")


async def test_send_php_as_php_opens_it(address: str, link_key: str) -> None:
    """file_get_contents speaks HTTP/1.0, names no agent and closes."""
    host, port = address.removeprefix("http://").split(":")
    query = urllib.parse.urlencode({"recipient": f"+{TO}", "apikey": link_key, "text": "Grüße & mehr"})
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /send.php?{query} HTTP/1.0\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert_sent((int(head.split()[1]), json.loads(body)))


@pytest.mark.parametrize(
    "how",
    [
        ["-H", "Content-Type: application/json", "-d", '{"recipient": "4915222222222", "text": "Hello"}'],
        [
            "-H",
            "Content-Type: application/json; charset=utf-8",
            "-d",
            '{"recipient": "+49 152 2222-2222", "text": "x"}',
        ],
        ["-d", '{"recipient": "4915222222222", "text": "PHP forgot the header"}'],
        ["-d", "recipient=4915222222222&text=Hello+World"],
        ["--data-urlencode", "recipient=+4915222222222", "--data-urlencode", "text=Grüße & mehr"],
        ["-F", "recipient=4915222222222", "-F", "text=Grüße"],
        ["-F", "recipient=4915222222222", "-F", "text=x", "-F", "wait=5", "-H", "Expect: 100-continue"],
    ],
)
async def test_send_with_curl(alice: Any, address: str, how: list[str]) -> None:
    assert_sent(await curl("-X", "POST", "-H", f"X-API-Key: {alice.key}", *how, f"{address}/api/v1/send"))


@pytest.mark.parametrize("header", ["X-API-Key: {}", "x-api-key: {}", "apikey: {}", "Authorization: Bearer {}"])
async def test_every_header_a_key_may_come_in(alice: Any, address: str, header: str) -> None:
    body = ["-d", f"recipient={TO}&text=x"]
    assert_sent(await curl("-H", header.format(alice.key), *body, f"{address}/api/v1/send"))


@pytest.mark.parametrize("words", ["caption", "text"])
@pytest.mark.parametrize("name", ["image", "url"])
@pytest.mark.parametrize("way", ["json", "form", "multipart"])
async def test_send_image(alice: Any, address: str, somewhere: str, way: str, name: str, words: str) -> None:
    fields = {"recipient": TO, name: f"{somewhere}/shop.png", words: "Our shop"}
    assert_sent(await _posted(alice, f"{address}/api/v1/send/image", way, fields))
    assert (await newest(alice, "image"))["status"] == "sent"


@pytest.mark.parametrize("name", ["document", "url", "pdf"])
@pytest.mark.parametrize("way", ["json", "form", "multipart"])
async def test_send_document(alice: Any, address: str, somewhere: str, way: str, name: str) -> None:
    fields = {"recipient": TO, name: f"{somewhere}/invoice.pdf", "filename": "Invoice 7.pdf", "caption": "Thanks"}
    assert_sent(await _posted(alice, f"{address}/api/v1/send/document", way, fields))
    assert (await newest(alice, "document"))["status"] == "sent"


async def _posted(alice: Any, url: str, way: str, fields: dict[str, str]) -> tuple[int, Any]:
    if way == "json":
        how = ["-H", "Content-Type: application/json", "-d", json.dumps(fields)]
    else:
        flag = "--data-urlencode" if way == "form" else "--form-string"
        how = [part for name, value in fields.items() for part in (flag, f"{name}={value}")]
    return await curl("-H", f"X-API-Key: {alice.key}", *how, url)


async def test_the_status_and_a_message_are_read(alice: Any, address: str) -> None:
    key = ("-H", f"X-API-Key: {alice.key}")
    message_id = assert_sent(await curl(*key, "-d", f"recipient={TO}&text=x", f"{address}/api/v1/send"))
    code, shown = await curl(*key, f"{address}/api/v1/messages/{message_id}")
    assert (code, shown["success"], shown["status"], shown["messageId"]) == (200, True, "sent", message_id)
    code, state = await curl(*key, f"{address}/api/v1/status")
    assert (code, state["connected"], state["today"]["sent"]) == (200, True, 1)


async def test_a_python_client_without_any_library(alice: Any, address: str) -> None:
    program = (
        "import json, sys, urllib.parse, urllib.request\n"
        "url, key = sys.argv[1:]\n"
        "data = urllib.parse.urlencode({'recipient': '4915222222222', 'text': 'Hello'}).encode()\n"
        "print(urllib.request.urlopen(urllib.request.Request(url, data, {'apikey': key})).read().decode())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, f"{address}/api/v1/send", alice.key, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert json.loads(said)["message"] == "Message sent"


async def test_libraries_that_keep_their_connection(alice: Any, address: str) -> None:
    async with httpx.AsyncClient(base_url=address, headers={"X-API-Key": alice.key}) as client:
        for given in ({"json": {"recipient": TO, "text": "x"}}, {"data": {"recipient": TO, "text": "x"}}):
            answer = await client.post("/api/v1/send", **given)  # type: ignore[arg-type]
            assert_sent((answer.status_code, answer.json()))


async def test_an_address_that_is_not_encoded_is_told_so(address: str, link_key: str) -> None:
    got, body = await curl(f"{address}/send.php?recipient={TO}&text=Grüße&apikey={link_key}")
    assert (got, body["code"]) == (400, "bad_request")
    assert "percent-encoded" in body["detail"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("recipient={to}&text=x", 401, "key_missing"),
        ("recipient={to}&text=x&apikey=msg_wrong", 401, "key_mistyped"),
        ("recipient=12&text=x&apikey={key}", 400, "recipient_malformed"),
        ("recipient={to}&apikey={key}", 400, "text_missing"),
        ("recipient={to}&text=x&apikey={key}&from=num_nobody", 404, "number_unknown"),
        ("recipient={to}&text=x&apikey={key}&message=y", 400, "unknown_parameter"),
    ],
)
async def test_a_wrong_address_is_told_in_the_reference_s_shape(
    address: str, link_key: str, query: str, status: int, code: str
) -> None:
    got, body = await curl(f"{address}/send.php?{query.format(to=TO, key=link_key)}")
    assert (got, body["success"], body["code"]) == (status, False, code)
    assert body["message"].endswith(".")
