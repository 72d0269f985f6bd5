"""Receipts: take the acknowledged stanza out of the mailbox, and pass on to the author what concerns the author."""

from collections.abc import Callable

from messageapi.sandbox.network import SHARED_SERVERS, Device, Network, now
from messageapi.sandbox.server.relay.queue import Key
from messageapi.sandbox.wire.stanza import Attribute, Jid, Node

# An absent type means delivered; `inactive` is the same from a client that is not looking.
_DELIVERED = ("", "inactive")
_PASSED_ON = (*_DELIVERED, "read", "played", "retry")


def accept(network: Network, reader: Device, node: Node, answer: Callable[[Node], None]) -> None:
    network.stats.count("receipts")
    to = node.jid("to")
    if to is None:
        network.stats.count("malformed")
        return
    author = node.jid("participant") if to.server in SHARED_SERVERS else to
    for message_id in receipt_ids(node):
        reader.post.acknowledge(Key("message", message_id, author.user if author else ""))
    answer(Node("ack", _ack(node, to)))
    if not reader.removed:
        pass_on(network, reader, node)


def receipt_ids(node: Node) -> list[str]:
    more = [item.text("id") for listed in node.children("list") for item in listed.children("item")]
    return [node.text("id"), *more]


def _ack(node: Node, to: Jid) -> dict[str, Attribute]:
    attrs: dict[str, Attribute] = {"class": "receipt", "id": node.text("id"), "from": to}
    return attrs | {name: node.attrs[name] for name in ("type", "participant") if name in node.attrs}


def pass_on(network: Network, reader: Device, node: Node) -> None:
    """To the author of the message, if it is a receipt that concerns the author."""
    kind, to = node.text("type"), node.jid("to")
    author = node.jid("participant") if to and to.server in SHARED_SERVERS else to
    if to is None or author is None or kind not in _PASSED_ON:
        return
    attrs: dict[str, Attribute] = {"from": reader.jid, "id": node.text("id"), "t": now()}
    if to.server in SHARED_SERVERS:
        attrs |= {"from": to, "participant": reader.jid}
    if kind not in _DELIVERED:
        attrs["type"] = kind
    if "recipient" in node.attrs:
        attrs["recipient"] = node.attrs["recipient"]
    for device in _concerned(network, reader, author, kind):
        device.post.deliver(Node("receipt", dict(attrs), node.content))


def _concerned(network: Network, reader: Device, author: Jid, kind: str) -> list[Device]:
    """A request to send again concerns one device; the rest concerns all of the author's, for each shows the state."""
    account = network.account_of(author)
    if account is None:
        return []
    if kind == "retry":
        device = account.devices.get(author.device)
        return [device] if device else []
    if account is reader.account:
        return []
    return list(account.devices.values())


def accept_ack(network: Network, device: Device, node: Node) -> None:
    """A client's <ack>: it has the stanza, or (with an error) will never take it. Either way it is not sent again."""
    sender = node.jid("participant") or node.jid("to")
    kind = node.text("class")
    if node.text("error"):
        network.stats.count("client_refusals")
    if kind == "notification":
        device.post.acknowledge(Key(kind, node.text("id")))
    elif sender:
        device.post.acknowledge(Key(kind, node.text("id"), sender.user, node.text("type") if kind == "receipt" else ""))
