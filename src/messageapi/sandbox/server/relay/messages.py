"""Messages: acknowledge one, then hand each device its own ciphertext. The server reads none of them."""

import asyncio
from collections.abc import Callable, Iterator

from messageapi.sandbox.network import (
    GROUP_SERVER,
    NEWSLETTER_SERVER,
    SHARED_SERVERS,
    STATUS,
    Account,
    Device,
    Network,
    now,
)
from messageapi.sandbox.planted import Refusal
from messageapi.sandbox.server.relay import newsletters
from messageapi.sandbox.server.relay.refusals import named
from messageapi.sandbox.wire.stanza import Attribute, Jid, Node

_PASSED_ON = ("edit", "category", "push_priority")
_ADMINS_ONLY = 420
Answer = Callable[[Node], None]


def accept(network: Network, sender: Device, node: Node, answer: Answer) -> None:
    """The acknowledgement goes out before the copies, so that receipts follow it."""
    to, message_id = node.jid("to"), node.text("id")
    if to is None or not message_id:
        network.stats.count("malformed")
        return
    network.stats.count("messages")
    error, planted = refusal(network, sender, to), None
    if error is None and len(network.refusals):
        planted = _planted(network, sender, to)
        error = planted.code if planted and planted.answer == "error" else None
    if planted is None or planted.answer in ("error", "sunk"):
        _acknowledge(network, Node("ack", _ack(message_id, to, error)), answer)
    if error is not None:
        network.stats.count("refused")
    elif not network.faults.sink_messages and (planted is None or planted.answer == "lost"):
        _deliver(network, sender, node, to)


def _deliver(network: Network, sender: Device, node: Node, to: Jid) -> None:
    if to.server == NEWSLETTER_SERVER:
        newsletters.publish(network, node, to)
    else:
        relay(network, sender, node, to)


def _planted(network: Network, sender: Device, to: Jid) -> Refusal | None:
    account, recipient = sender.account, network.account_of(to)
    new = recipient is not None and not (
        recipient.number in account.written_to or account.number in recipient.written_to
    )
    return network.refusals.met_by(account.number, named(to, recipient.number if recipient else None), new=new)


def _ack(message_id: str, to: Jid, error: int | None) -> dict[str, Attribute]:
    attrs: dict[str, Attribute] = {"class": "message", "id": message_id, "from": to, "t": now()}
    return attrs if error is None else {**attrs, "error": str(error)}


def _acknowledge(network: Network, ack: Node, answer: Answer) -> None:
    faults = network.faults
    if faults.takes_ack():
        network.stats.count("acks_lost")
    elif faults.ack_delay_ms:
        asyncio.get_running_loop().call_later(faults.ack_delay_ms / 1000, answer, ack)
    else:
        answer(ack)


def refusal(network: Network, sender: Device, to: Jid) -> int | None:
    """The error code of the acknowledgement, None when the message is welcome."""
    if sender.removed:
        return 401
    if to.server == GROUP_SERVER:
        group = network.group_of(to)
        known, welcome = group is not None, group is not None and sender.account in group.members
        if group and welcome and group.announce and sender.account not in group.admins:
            return _ADMINS_ONLY
    elif to.server == NEWSLETTER_SERVER:
        newsletter = network.newsletter_of(to)
        known, welcome = newsletter is not None, newsletter is not None and newsletter.owner is sender.account
    else:
        return None if to == STATUS else _refusal_of_a_person(sender, network.account_of(to))
    return None if welcome else 403 if known else 404


def _refusal_of_a_person(sender: Device, account: Account | None) -> int | None:
    if account is None or not account.listed:
        return 404
    if account.refuse is not None and account is not sender.account:
        return account.refuse
    return 503 if account.phone.reception.full else None


def relay(network: Network, sender: Device, node: Node, to: Jid) -> None:
    recipient = network.account_of(to)
    if recipient:
        sender.account.written_to.add(recipient.number)
    copies = _direct_copies(network, node, to) if recipient else _shared_copies(network, node, to)
    identity = node.children("device-identity")
    shared = _shared_attrs(sender, node)
    for device, encs in copies:
        if device is sender or not encs:
            continue
        attrs = {**shared, **_addresses(sender, device, node, to)}
        device.post.deliver(Node("message", attrs, [*encs, *identity]))
        network.stats.count("copies")


def _direct_copies(network: Network, node: Node, to: Jid) -> Iterator[tuple[Device, list[Node]]]:
    direct = node.children("enc")
    if direct:
        device = network.device_of(to)
        if device:
            yield device, direct
    yield from _listed(network, node)


def _listed(network: Network, node: Node) -> Iterator[tuple[Device, list[Node]]]:
    """The devices that got a ciphertext of their own. One that was unlinked meanwhile is passed over."""
    participants = node.child("participants")
    for to in participants.children("to") if participants else ():
        device = network.device_of(to.jid("jid"))
        if device:
            yield device, to.children("enc")


def _shared_copies(network: Network, node: Node, to: Jid) -> Iterator[tuple[Device, list[Node]]]:
    """A device's own ciphertext (the sender's key) comes first, then the one for all.

    A group's members are known here; who shall see a status is said by the sender alone, with each one.
    """
    common = node.children("enc")
    asked_again = network.device_of(node.jid("participant"))
    if asked_again:
        yield asked_again, common
        return
    group, listed = network.group_of(to), list(_listed(network, node))
    if group is None:
        yield from ((device, [*encs, *common]) for device, encs in listed)
        return
    own = {id(device): encs for device, encs in listed}
    for member in group.members:
        for device in member.devices.values():
            yield device, [*own.get(id(device), ()), *common]


def _shared_attrs(sender: Device, node: Node) -> dict[str, Attribute]:
    attrs: dict[str, Attribute] = {
        "id": node.text("id"),
        "type": node.text("type", "text"),
        "t": now(),
        "notify": sender.account.name,
    }
    return attrs | {name: node.attrs[name] for name in _PASSED_ON if name in node.attrs}


def _addresses(sender: Device, receiver: Device, node: Node, to: Jid) -> dict[str, Attribute]:
    if to.server in SHARED_SERVERS:
        return {
            "from": to,
            "participant": sender.jid,
            "participant_pn": sender.pn_jid,
            "addressing_mode": "lid",
        }
    if receiver.account is not sender.account:
        return {"from": sender.jid, "sender_pn": sender.pn_jid}
    attrs: dict[str, Attribute] = {"from": sender.jid}
    if node.text("category") != "peer":
        attrs["recipient"] = node.attrs.get("recipient", node.attrs["to"])
    if "peer_recipient_pn" in node.attrs:
        attrs["peer_recipient_pn"] = node.attrs["peer_recipient_pn"]
    return attrs
