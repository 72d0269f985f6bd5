"""Calls: somebody rings at every device of the other side. No sound is ever carried."""

import secrets
from collections.abc import Callable

from messageapi.sandbox.network import Account, Device, Network, now
from messageapi.sandbox.wire.stanza import Attribute, Node

_PASSED_ON = ("accept", "reject", "terminate")


def accept(network: Network, sender: Device, node: Node, answer: Callable[[Node], None]) -> None:
    """A linked device turns a call away, or ends it: whoever called hears of it."""
    to = node.jid("to")
    account = network.account_of(to)
    if to is None or account is None:
        network.stats.count("malformed")
        return
    network.stats.count("calls")
    answer(Node("ack", {"class": "call", "id": node.text("id"), "from": to}))
    for said in node.children():
        if said.tag in _PASSED_ON:
            ring(sender, account, said)


def ring(sender: Device, to: Account, said: Node) -> None:
    """Say something about a call to all devices of the other side."""
    attrs: dict[str, Attribute] = {
        "from": sender.account.lid_jid,
        "id": secrets.token_hex(8).upper(),
        "t": now(),
        "notify": sender.account.name,
        "platform": "android",
        "version": "2.24.1",
    }
    for device in to.devices.values():
        device.post.deliver(Node("call", dict(attrs), [said]))


def offer(caller: Account, call_id: str, *, video: bool) -> Node:
    media = [Node("audio", {"enc": "opus", "rate": "16000"})]
    if video:
        media.append(Node("video", {"enc": "vp8"}))
    return Node("offer", _of(caller, call_id) | {"caller_pn": caller.pn_jid}, media)


def terminate(caller: Account, call_id: str, reason: str) -> Node:
    return Node("terminate", _of(caller, call_id) | {"reason": reason})


def _of(caller: Account, call_id: str) -> dict[str, Attribute]:
    return {"call-id": call_id, "call-creator": caller.lid_jid}
