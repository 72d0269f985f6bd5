"""What no honest client sends: nonsense before, during and after the handshake. The server goes on for the others."""

import asyncio
import os
import ssl
from typing import Any

import aiohttp
import pytest

from messageapi.sandbox.client import SandboxControl
from messageapi.sandbox.published import Published
from messageapi.sandbox.wire.stanza import SERVER, Jid, Node


async def spoken(published: Published, request: bytes) -> bytes:
    port = int(published.front.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await asyncio.wait_for(reader.read(4096), 15)
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"CONNECT web.whatsapp.com:443 HTTP/1.1", b"200"),
        (b"CONNECT mmg.whatsapp.net:443 HTTP/1.1", b"200"),
        (b"CONNECT example.org:443 HTTP/1.1", b"403"),
        (b"CONNECT web.whatsapp.com.example.org:443 HTTP/1.1", b"403"),
        (b"CONNECT web.whatsapp.com:80 HTTP/1.1", b"405"),
        (b"GET http://web.whatsapp.com/ HTTP/1.1", b"405"),
        (b"\xff\xff\xff", b"405"),
    ],
)
async def test_the_front_serves_whatsapp_hosts_and_forwards_nothing(
    sandbox: Any, request_line: bytes, status: bytes
) -> None:
    answer = await spoken(sandbox.published, request_line + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 " + status)


async def test_an_endless_request_is_cut_off(sandbox: Any) -> None:
    answer = await spoken(sandbox.published, b"CONNECT " + b"x" * 10_000)
    assert answer.startswith(b"HTTP/1.1 405")


@pytest.mark.parametrize(
    "start", [b"WA\6\3\0\0\1x", b"WA\6\2\0\0\1x", b"GET / HTTP/1.1\r\n\r\n", b"WA\6\3\xff\xff\xff", os.urandom(200)]
)
async def test_nonsense_instead_of_a_handshake_ends_that_connection_only(
    sandbox: Any, control: SandboxControl, start: bytes
) -> None:
    context = ssl.create_default_context(cafile=sandbox.published.ca)
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(sandbox.published.direct, ssl=context) as socket,
    ):
        await socket.send_bytes(start)
        if len(start) < 100:
            await socket.send_bytes(b"\0\0\1y")
        await asyncio.wait_for(_drained(socket), 25)
    await control.health()


async def _drained(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for _ in socket:
        pass


NONSENSE = [
    Node("message", {"id": "x"}),
    Node("message", {"id": "x", "to": "not an address"}),
    Node("message", {"to": SERVER}),
    Node("receipt", {"id": "x"}),
    Node("receipt", {"id": "x", "to": "@", "type": "retry"}),
    Node("ack", {"class": "message", "id": "nobody sent this"}),
    Node("presence", {"type": "subscribe", "to": Jid("1", "lid")}),
    Node("chatstate", {"to": Jid("1", "lid")}, [Node("composing")]),
    Node("ib", {}, [Node("offline_batch", {"count": "many"})]),
    Node("unheard-of", {}, b"\0\1\2"),
    Node("iq", {"type": "get"}),
    Node("iq", {"type": "get", "id": "1", "xmlns": "usync"}, [Node("usync")]),
    Node("iq", {"type": "get", "id": "2", "xmlns": "encrypt"}, [Node("key", {}, [Node("user")])]),
    Node("iq", {"type": "set", "id": "3", "xmlns": "encrypt"}, [Node("registration")]),
    Node("iq", {"type": "set", "id": "4", "xmlns": "w:sync:app:state"}, [Node("sync", {}, [Node("collection")])]),
    Node("iq", {"type": "get", "id": "5", "xmlns": "w:g2", "to": Jid("1", "g.us")}, [Node("query")]),
    Node("iq", {"type": "set", "id": "6", "xmlns": "md"}, [Node("remove-companion-device")]),
    Node("iq", {"type": "get", "id": "7", "xmlns": "never heard"}, [Node("of")]),
]


async def test_nonsense_in_stanzas_leaves_the_connection_and_the_network_alone(
    companion: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    device = await companion(anna)
    for node in NONSENSE:
        await device.send(node)
    assert (await device.ask("w:p", "get")).text("type") == "result"
    errors = {node.text("id"): node.child("error").text("code") for node in device.inbox if node.child("error")}
    assert errors == {"1": "400", "3": "400", "5": "404", "6": "400"}
    assert "never heard of" in (await control.stats()).unknown


async def test_garbled_ciphertext_does_not_disturb_a_phone(
    companion: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any
) -> None:
    device = await companion(anna)
    lid = Jid((await control.phone(ben)).lid.partition("@")[0], "lid")
    for number, kind in enumerate(("msg", "pkmsg", "skmsg", "other")):
        enc = Node("enc", {"v": "2", "type": kind}, os.urandom(80))
        copies = Node("participants", {}, [Node("to", {"jid": lid}, [enc])])
        await device.send(Node("message", {"id": f"G{number}", "to": lid, "type": "text"}, [copies]))
    asked = [await device.stanza("receipt", "retry") for _ in range(4)]
    assert {node.text("id") for node in asked} == {"G0", "G1", "G2", "G3"}
    assert (await control.inbox(ben)).messages == []
    await control.send(anna, ben, "the phone is well")
    await arrives_at(ben, "the phone is well")


async def test_the_second_request_for_a_message_carries_keys(
    companion: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    device = await companion(anna)
    lid = Jid((await control.phone(ben)).lid.partition("@")[0], "lid")
    enc = Node("enc", {"v": "2", "type": "msg"}, os.urandom(80))
    node = Node("message", {"id": "AGAIN", "to": lid, "type": "text"}, [enc])
    carried = []
    for count in range(1, 5):
        await device.send(node)
        asked = await device.stanza("receipt", "retry")
        assert asked.child("retry").text("count") == str(count)
        carried.append(asked.child("keys", "skey") is not None)
    assert carried == [False, True, True, True]
    await device.send(node)
    assert (await device.ask("w:p", "get")).text("type") == "result"
    assert device.waiting("receipt") == 0, "a phone gives up in the end"


async def test_a_message_to_nobody_is_not_acknowledged_as_sent(
    companion: Any, control: SandboxControl, anna: str
) -> None:
    device = await companion(anna)
    await device.flood("+4999999999", 1)
    assert device.refusals == {"404": 1}
    assert (await device.ask("w:p", "get")).text("type") == "result"


async def test_bytes_that_are_no_node_end_the_connection(companion: Any, control: SandboxControl, anna: str) -> None:
    device = await companion(anna)
    await device.send_plain(b"\0\xf8")
    await device.closed_by_server()
    await control.health()


async def test_a_damaged_frame_ends_the_connection(companion: Any, control: SandboxControl, anna: str) -> None:
    device = await companion(anna)
    await device.send_raw(b"\0\0\x20" + os.urandom(32))
    await device.closed_by_server()
    assert (await control.phone(anna)).devices[0].kept >= 0


async def test_app_state_is_a_numbered_log_that_refuses_what_is_based_on_an_old_version(
    companion: Any, anna: str
) -> Any:
    device = await companion(anna)

    async def sync(**attrs: Any) -> Any:
        patch = [Node("patch", {}, b"sealed")] if attrs.pop("write", False) else None
        answer = await device.ask(
            "w:sync:app:state", "set", Node("sync", {}, [Node("collection", {"name": "regular", **attrs}, patch)])
        )
        return answer.child("sync", "collection")

    assert (await sync(version="0", write=True)).text("version") == "1"
    refused = await sync(version="0", write=True)
    assert (refused.text("type"), refused.child("error").text("code")) == ("error", "409")
    assert (await sync(version="1", write=True)).text("version") == "2"
    fetched = await sync(version="1")
    assert [patch.content[-6:] for patch in fetched.child("patches").children()] == [b"sealed"]
    assert (await sync(version="9")).text("version") == "2"


async def test_the_bundle_of_a_device_holds_a_one_time_key_until_there_are_none(
    companion: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    device = await companion(anna)
    lid = Jid((await control.phone(ben)).lid.partition("@")[0], "lid")
    ids = set()
    for _ in range(40):
        answer = await device.ask("encrypt", "get", Node("key", {}, [Node("user", {"jid": lid})]))
        user = answer.child("list", "user")
        assert len(user.data("skey", "signature")) == 64
        ids.add(user.data("key", "id"))
    assert len(ids) == 40, "the phone uploads more when few are left"
    missing = await device.ask("encrypt", "get", Node("key", {}, [Node("user", {"jid": Jid("1", "lid")})]))
    assert missing.child("list", "user", "error").text("code") == "404"


async def test_a_device_without_keys_reads_its_digest_and_is_asked_for_more(
    companion: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    device = await companion(anna)
    digest = (await device.ask("encrypt", "get", Node("digest"))).child("digest")
    assert {node.tag for node in digest.children()} == {"registration", "type", "identity", "skey"}
    count = await device.ask("encrypt", "get", Node("count"))
    assert count.child("count").text("value") == "1"
