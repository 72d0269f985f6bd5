"""A small client of our own, for what the real one would never do: no acknowledgements, nonsense, floods.

It speaks Noise and stanzas over the direct listener, and signs its link; it does not decrypt anything.
"""

import asyncio
import base64
import copy
import itertools
import secrets
import ssl
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import aiohttp

from messageapi.sandbox.client import SandboxControl
from messageapi.sandbox.published import Published
from messageapi.sandbox.signal.adv import accept_device_identity
from messageapi.sandbox.signal.keys import KeyPair, typed
from messageapi.sandbox.signal.xeddsa import sign
from messageapi.sandbox.wire.nodes import decode, encode
from messageapi.sandbox.wire.noise import Frames, Initiator, check_certificate_chain, frame
from messageapi.sandbox.wire.protobuf import encode as protobuf
from messageapi.sandbox.wire.stanza import SERVER, Attribute, Jid, Node
from messageapi.sandbox.wire.tokens import load_tokens

DEADLINE = 20.0


class Companion:
    def __init__(self, published: Published, folder: Path, phone: str) -> None:
        self._published = published
        self._tokens = load_tokens(folder)
        self._phone = phone
        self._noise, self._identity, self._signed = KeyPair.generate(), KeyPair.generate(), KeyPair.generate()
        self._adv_secret = secrets.token_bytes(32)
        self._numbers = itertools.count()
        self._changed = asyncio.Condition()
        self._device = 0
        self.inbox: list[Node] = []
        self.refusals: Counter[str] = Counter()
        self.acks = 0

    # --- connection ---

    async def open(self, payload: bytes) -> None:
        context = ssl.create_default_context(cafile=self._published.ca)
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(self._published.direct, ssl=context, max_msg_size=1 << 26)
        self._frames, self._closed = Frames(), asyncio.Event()
        noise = Initiator(self._noise)
        await self._socket.send_bytes(noise.header + frame(noise.hello()))
        reply = await asyncio.wait_for(self._next_frame(), DEADLINE)
        await self._socket.send_bytes(frame(noise.finish(reply, payload)))
        root = bytes.fromhex(self._published.root_key)
        check_certificate_chain(noise.certificate_chain, root, noise.server_static, int(time.time()))
        self._transport = noise.ciphers()
        self._reader = asyncio.create_task(self._read())

    async def _next_frame(self) -> bytes:
        async for message in self._socket:
            for received in self._frames.feed(message.data):
                return received
        raise ConnectionError("the server closed the connection")

    async def _read(self) -> None:
        async for message in self._socket:
            for received in self._frames.feed(message.data):
                await self._take(decode(self._transport.decrypt(received), self._tokens))
        async with self._changed:
            self._closed.set()
            self._changed.notify_all()

    async def _take(self, node: Node) -> None:
        if node.tag == "ack":
            self.acks += 1
            if node.text("error"):
                self.refusals[node.text("error")] += 1
        async with self._changed:
            self.inbox.append(node)
            self._changed.notify_all()

    async def send(self, node: Node) -> None:
        await self.send_plain(encode(node, self._tokens))

    async def send_plain(self, plain: bytes) -> None:
        """Any bytes, properly encrypted."""
        await self._socket.send_bytes(frame(self._transport.encrypt(plain)))

    async def send_raw(self, data: bytes) -> None:
        await self._socket.send_bytes(data)

    async def close(self) -> None:
        await self._socket.close()
        await self._reader
        await self._session.close()
        self.inbox.clear()

    async def closed_by_server(self) -> None:
        await asyncio.wait_for(self._closed.wait(), DEADLINE)

    async def stanza(
        self, tag: str, child: str = "", having: Callable[[Node], bool] = lambda _: True, or_else: str = ""
    ) -> Node:
        """The first stanza of that tag (or the other), with that child; it is taken out."""

        def found() -> Node | None:
            for node in self.inbox:
                if node.tag in (tag, or_else) and (not child or node.child(child)) and having(node):
                    self.inbox.remove(node)
                    return node
            return None

        async with self._changed:
            node = await asyncio.wait_for(self._changed.wait_for(found), DEADLINE)
        assert node
        return node

    def waiting(self, tag: str) -> int:
        return sum(node.tag == tag for node in self.inbox)

    def twin(self) -> "Companion":
        """Another client with the same keys."""
        other = copy.copy(self)
        other.inbox, other._changed = [], asyncio.Condition()
        return other

    # --- life ---

    async def link(self, control: SandboxControl) -> None:
        signature = sign(self._identity.private, typed(self._signed.public))
        registration = protobuf(
            (1, secrets.token_bytes(4)),
            (2, b"\x05"),
            (3, self._identity.public),
            (4, b"\0\0\1"),
            (5, self._signed.public),
            (6, signature),
        )
        await self.open(protobuf((19, registration)))
        ref = (await self.stanza("iq", "pair-device")).data("pair-device", "ref").decode()
        keys = (self._noise.public, self._identity.public, self._adv_secret)
        scan = asyncio.create_task(
            control.scan(self._phone, ",".join([ref, *(base64.b64encode(key).decode() for key in keys), "1"]))
        )
        offer = await self.stanza("iq", "pair-success")
        signed = accept_device_identity(offer.data("pair-success", "device-identity"), self._identity, self._adv_secret)
        answer = Node("pair-device-sign", {}, [Node("device-identity", {}, signed)])
        await self.send(Node("iq", {"type": "result", "id": offer.text("id"), "to": SERVER}, [answer]))
        assert (await self.stanza("stream:error")).text("code") == "515"
        self._device = await scan
        await self.close()

    async def log_in(self) -> None:
        await self.open(protobuf((1, int(self._phone.removeprefix("+"))), (3, 1), (18, self._device)))

    async def ask(self, namespace: str, kind: str, *children: Node, to: Jid = SERVER) -> Node:
        """Send an iq and return the answer."""
        number = f"ask-{next(self._numbers)}"
        attrs: dict[str, Attribute] = {"xmlns": namespace, "type": kind, "id": number, "to": to}
        await self.send(Node("iq", attrs, list(children) or None))
        return await self.stanza("iq", having=lambda node: node.text("id") == number)

    async def acknowledge(self, node: Node) -> None:
        await self.send(Node("receipt", {"id": node.text("id"), "to": node.attrs["from"]}))

    async def refuse(self, node: Node) -> None:
        attrs = {"class": "message", "id": node.text("id"), "to": node.attrs["from"], "error": "491"}
        await self.send(Node("ack", attrs))

    async def ask_for_more(self, count: int) -> None:
        await self.send(Node("ib", {}, [Node("offline_batch", {"count": str(count)})]))

    async def flood(self, phone: str, count: int) -> None:
        """Messages that nobody can read, and wait until each has its answer."""
        to = Jid(phone.removeprefix("+"), "s.whatsapp.net")
        enc = Node("enc", {"v": "2", "type": "msg"}, b"nothing")
        for number in range(count):
            copies = Node("participants", {}, [Node("to", {"jid": to}, [enc])])
            await self.send(Node("message", {"id": f"F{number}", "to": to, "type": "text"}, [copies]))
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: self.acks >= count), 60)
