"""Who is there and who is typing: passed on to those connected now, never kept."""

import time

from messageapi.sandbox.network import Account, Device, Network
from messageapi.sandbox.wire.stanza import Attribute, Node


def presence(network: Network, device: Device, node: Node) -> None:
    kind = node.text("type", "available")
    if kind == "subscribe":
        _subscribe(network, device, node)
    elif kind in ("available", "unavailable"):
        device.present = kind == "available"
        tell_watchers(device.account)
        send_now(device.account.devices[0], Node("presence", {"from": device.jid, "type": kind}))


def chatstate(network: Network, device: Device, node: Node) -> None:
    """Composing, recording, paused: to everyone else in that chat, phones and linked devices."""
    network.stats.count("chatstates")
    to = node.jid("to")
    group = network.group_of(to)
    account = network.account_of(to)
    if group and device.account in group.members:
        attrs: dict[str, Attribute] = {"from": group.jid, "participant": device.jid}
        for member in group.members:
            _pass_on(member, device, Node("chatstate", dict(attrs), node.content))
    elif account:
        _pass_on(account, device, Node("chatstate", {"from": device.account.lid_jid}, node.content))


def _pass_on(account: Account, sender: Device, node: Node) -> None:
    for device in account.devices.values():
        if device is not sender:
            send_now(device, node)


def _subscribe(network: Network, device: Device, node: Node) -> None:
    account = network.account_of(node.jid("to"))
    if account:
        account.presence_watchers.add(device)
        send_now(device, _presence_of(account))


def tell_watchers(account: Account) -> None:
    for device in account.presence_watchers:
        send_now(device, _presence_of(account))


def _presence_of(account: Account) -> Node:
    if account.phone.online or any(device.present for device in account.linked):
        return Node("presence", {"from": account.lid_jid})
    return Node("presence", {"from": account.lid_jid, "type": "unavailable", "last": str(int(time.time()))})


def send_now(device: Device, node: Node) -> None:
    """To a device that is connected; otherwise it is forgotten."""
    mailbox = device.mailbox
    if mailbox is None:
        if device.online:
            device.account.phone.receive(node)
    elif mailbox.line:
        mailbox.line.send(node)
