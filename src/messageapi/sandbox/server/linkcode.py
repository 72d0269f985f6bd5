"""Linking by the eight-character code: the server carries sealed parts between a waiting device and the phone."""

import asyncio
import secrets
from dataclasses import dataclass, field

from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import now
from messageapi.sandbox.server.pairing import Registration
from messageapi.sandbox.server.session import StanzaError, bad_request, not_found
from messageapi.sandbox.signal.keys import KEY_SIZE
from messageapi.sandbox.wire.stanza import SERVER, Attribute, Node

MOST_ATTEMPTS = 100
FINISH_SECONDS = 20


@dataclass(slots=True)
class CompanionFinish:
    """The device's last part, which only the phone can open."""

    wrapped_bundle: bytes
    identity: bytes


@dataclass(slots=True, eq=False)
class LinkCode:
    """One attempt: a device waits until somebody types its code into the phone."""

    registration: Registration
    number: str
    ref: bytes
    wrapped_ephemeral: bytes
    finish: "asyncio.Future[CompanionFinish] | None" = field(default=None)

    async def answer(self, wrapped_ephemeral: bytes, phone_identity: bytes) -> CompanionFinish:
        """Send the phone's part to the device and wait for the device's last one."""
        self.finish = asyncio.get_running_loop().create_future()
        self.registration.send(_primary_hello(self.ref, wrapped_ephemeral, phone_identity))
        try:
            return await asyncio.wait_for(self.finish, FINISH_SECONDS)
        except TimeoutError:
            raise SandboxError("not_confirmed", "The device did not answer the code in time.", 504) from None


def stage(registration: Registration, child: Node) -> list[Node]:
    handler = {"companion_hello": _hello, "companion_finish": _finish}.get(child.text("stage"))
    if handler is None:
        raise bad_request()
    return handler(registration, child)


def _hello(registration: Registration, child: Node) -> list[Node]:
    network, jid = registration.network, child.jid("jid")
    if network.account_of(jid) is None or jid is None:
        raise not_found()
    wrapped = child.data("link_code_pairing_wrapped_companion_ephemeral_pub")
    attempt = LinkCode(registration, jid.user, secrets.token_hex(12).encode(), wrapped)
    network.link_codes[jid.user] = attempt
    while len(network.link_codes) > MOST_ATTEMPTS:
        network.link_codes.popitem(last=False)
    ref = Node("link_code_pairing_ref", {}, attempt.ref)
    return [Node("link_code_companion_reg", {"stage": "companion_hello"}, [ref])]


def _finish(registration: Registration, child: Node) -> list[Node]:
    jid = child.jid("jid")
    attempt = registration.network.link_codes.get(jid.user) if jid else None
    if attempt is None or attempt.registration is not registration or attempt.finish is None or attempt.finish.done():
        raise bad_request()
    identity = child.data("companion_identity_public")
    if len(identity) != KEY_SIZE or identity != registration.identity:
        raise StanzaError(406, "not-acceptable")
    attempt.finish.set_result(CompanionFinish(child.data("link_code_pairing_wrapped_key_bundle"), identity))
    return []


def _primary_hello(ref: bytes, wrapped_ephemeral: bytes, phone_identity: bytes) -> Node:
    parts = [
        Node("link_code_pairing_wrapped_primary_ephemeral_pub", {}, wrapped_ephemeral),
        Node("primary_identity_pub", {}, phone_identity),
        Node("link_code_pairing_ref", {}, ref),
    ]
    hello = Node("link_code_companion_reg", {"stage": "primary_hello"}, parts)
    attrs: dict[str, Attribute] = {"from": SERVER, "type": hello.tag, "id": secrets.token_hex(5), "t": now()}
    return Node("notification", attrs, [hello])
