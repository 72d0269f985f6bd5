"""The first thing after the handshake: a known device logs in, a new one registers, others are turned away."""

import time
from collections.abc import Callable

from messageapi.sandbox.network import Account, Device, Network, now
from messageapi.sandbox.server.faults import LoginFailure
from messageapi.sandbox.server.pairing import Registration
from messageapi.sandbox.server.relay.queue import Line
from messageapi.sandbox.wire.protobuf import Fields, ProtobufError, decode
from messageapi.sandbox.wire.stanza import Attribute, Node, NodeError

_USERNAME, _DEVICE, _PAIRING_DATA = 1, 18, 19
UNKNOWN_DEVICE = LoginFailure(401)


class Refused(Exception):
    """The login is refused with this <failure>."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.text("reason"))
        self.node = node


def enter(network: Network, noise_key: bytes, payload: bytes, send: Callable[[Node], None]) -> Device | Registration:
    """Read the ClientPayload. Nothing else may be read from the connection before this is settled."""
    try:
        fields = decode(payload)
        if _PAIRING_DATA in fields and _USERNAME not in fields:
            return Registration(network, noise_key, fields.message(_PAIRING_DATA), send)
        return _known_device(network, noise_key, fields)
    except ProtobufError as error:
        raise NodeError(str(error)) from error


def _known_device(network: Network, noise_key: bytes, fields: Fields) -> Device:
    account = network.accounts.get(str(fields.int(_USERNAME)))
    device = account.devices.get(fields.int(_DEVICE)) if account else None
    if account is None or device is None or device.noise_key != noise_key:
        raise Refused(failure(UNKNOWN_DEVICE))
    planted = account.login_failure
    if planted and (planted.until is None or time.time() < planted.until):
        raise Refused(failure(planted))
    account.login_failure = None
    return device


def failure(planted: LoginFailure) -> Node:
    attrs: dict[str, Attribute] = {"reason": str(planted.reason), "t": now(), "location": "sandbox"}
    if planted.code is not None:
        attrs["code"] = str(planted.code)
    expire = planted.expire if planted.until is None else max(1, planted.until - int(time.time()))
    if expire is not None:
        attrs["expire"] = str(expire)
    return Node("failure", attrs)


def welcome(network: Network, device: Device, line: Line) -> None:
    """Take the place of an older connection, say <success>, and start to hand over what was kept."""
    mailbox = device.mailbox
    if mailbox is None:
        raise NodeError("a phone does not log in over the wire")
    if mailbox.line:
        mailbox.line.finish(replaced())
    network.stats.count("logins")
    line.send(Node("success", _success(device.account, device)))
    mailbox.attach(line)


def _success(account: Account, device: Device) -> dict[str, Attribute]:
    return {
        "t": now(),
        "lid": device.jid,
        "props": "27",
        "location": "sandbox",
        "creation": "1700000000",
        "display_name": account.name,
    }


def replaced() -> Node:
    return Node("stream:error", {}, [Node("conflict", {"type": "replaced"})])
