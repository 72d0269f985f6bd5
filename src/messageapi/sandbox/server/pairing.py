"""Linking a device: it shows a QR code, a phone vouches for it, it signs in turn, and then it has to log in anew."""

import asyncio
import base64
import secrets
import time
from collections.abc import Callable

from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import Account, Device, Network, SignedPreKey
from messageapi.sandbox.server import devices
from messageapi.sandbox.signal.adv import AdvError, check_device_identity
from messageapi.sandbox.signal.keys import KEY_SIZE, typed
from messageapi.sandbox.signal.xeddsa import verify
from messageapi.sandbox.wire.protobuf import Fields
from messageapi.sandbox.wire.stanza import SERVER, Attribute, Node, NodeError

REFS = 6
CONFIRMATION_SECONDS = 20


class Registration:
    """A connection of a device that belongs to no account yet."""

    def __init__(self, network: Network, noise_key: bytes, data: Fields, send: Callable[[Node], None]) -> None:
        self.network = network
        self.noise_key = noise_key
        self.send = send
        self.refs = [base64.b64encode(secrets.token_bytes(24)) for _ in range(REFS)]
        self._registration_id = int.from_bytes(data.bytes(1), "big")
        self._identity = data.bytes(3)
        self._signed_prekey = SignedPreKey(int.from_bytes(data.bytes(4), "big"), data.bytes(5), data.bytes(6))
        self._pending: Device | None = None
        self._confirmed: asyncio.Future[Device] | None = None
        self._check()

    @property
    def identity(self) -> bytes:
        return self._identity

    def _check(self) -> None:
        signed = self._signed_prekey
        if len(self._identity) != KEY_SIZE or not verify(self._identity, typed(signed.public), signed.signature):
            raise NodeError("the registration carries no valid identity or signed prekey")

    def offer(self) -> None:
        """The references of which the client makes its QR codes, one after the other."""
        self.network.registrations[self.noise_key] = self
        refs = [Node("ref", {}, ref) for ref in self.refs]
        attrs: dict[str, Attribute] = {"from": SERVER, "type": "set", "id": secrets.token_hex(5), "xmlns": "md"}
        self.send(Node("iq", attrs, [Node("pair-device", {}, refs)]))

    def leave(self) -> None:
        """The connection has ended."""
        self.network.registrations.pop(self.noise_key, None)
        for number, attempt in list(self.network.link_codes.items()):
            if attempt.registration is self:
                del self.network.link_codes[number]
        if self._confirmed and not self._confirmed.done():
            self._confirmed.set_exception(SandboxError("device_left", "The device closed its connection.", 409))

    async def link(self, account: Account, vouch: Callable[[bytes, int], bytes]) -> Device:
        """Make the device one of this account's. `vouch` is the phone signing the device's identity and key index."""
        if self._pending:
            raise SandboxError("already_linking", "This QR code is being used by a phone already.", 409)
        device = Device(
            account,
            account.free_device_number(),
            self._identity,
            self._registration_id,
            self._signed_prekey,
            self.noise_key,
        )
        device.post = self.network.mailbox(account)
        account.key_index += 1
        self._pending = device
        self._confirmed = asyncio.get_running_loop().create_future()
        self.send(_pair_success(device, vouch(self._identity, account.key_index)))
        try:
            return await asyncio.wait_for(self._confirmed, CONFIRMATION_SECONDS)
        except TimeoutError:
            raise SandboxError("not_confirmed", "The device did not confirm the link in time.", 504) from None
        finally:
            self._pending = self._confirmed = None

    def confirm(self, node: Node) -> None:
        """<pair-device-sign>: the device has signed. It gets 515, closes, and logs in with its new identity."""
        device, confirmed = self._pending, self._confirmed
        if device is None or confirmed is None or confirmed.done():
            return
        try:
            check_device_identity(node.data("device-identity"), device.account.phone.identity, self._identity)
        except AdvError as error:
            confirmed.set_exception(SandboxError("not_confirmed", f"The device did not confirm: {error}.", 409))
            return
        devices.add(device)
        self.network.stats.count("links")
        self.send(Node("stream:error", {"code": "515"}))
        confirmed.set_result(device)


def _pair_success(device: Device, sealed_identity: bytes) -> Node:
    """Without `id` whatsmeow panics, and with it the process it runs in."""
    stamp = str(int(time.time()))
    attrs: dict[str, Attribute] = {"from": SERVER, "type": "set", "id": secrets.token_hex(5), "xmlns": "md", "t": stamp}
    content = [
        Node("device-identity", {}, sealed_identity),
        Node("platform", {"name": "android"}),
        Node("device", {"jid": device.pn_jid, "lid": device.jid}),
    ]
    return Node("iq", attrs, [Node("pair-success", {}, content)])
