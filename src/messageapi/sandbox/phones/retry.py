"""What cannot be read is asked for again, and what others cannot read is written again: the same id, new ciphertext."""

from typing import TYPE_CHECKING

from messageapi.sandbox.network import GROUP_SERVER, Device, now
from messageapi.sandbox.phones.content import between_devices
from messageapi.sandbox.server.prekeys import bundle_of, keys_node, take_bundle
from messageapi.sandbox.server.relay import messages, receipts
from messageapi.sandbox.wire.stanza import Attribute, Jid, Node

if TYPE_CHECKING:
    from messageapi.sandbox.phones.decrypt import Letter
    from messageapi.sandbox.phones.phone import Phone
    from messageapi.sandbox.phones.sent import Sent

MOST_REQUESTS = 4  # for one message
KEYS_FROM = 2  # the count from which the request carries keys for a new session


def ask(phone: "Phone", node: Node, letter: "Letter") -> None:
    """Ask the author's device to encrypt a message again."""
    count = phone.asked.get(letter.key, 0) + 1
    phone.asked.remember(letter.key, count)
    if count > MOST_REQUESTS:
        phone.network.stats.count("phone_gave_up")
        return
    attrs: dict[str, Attribute] = {"id": letter.id, "to": node.attrs["from"], "type": "retry", "t": now()}
    attrs |= {name: node.attrs[name] for name in ("participant", "recipient") if name in node.attrs}
    request = Node("retry", {"count": str(count), "id": letter.id, "t": node.text("t", now()), "v": "1"})
    parts = [request, Node("registration", {}, phone.keys.registration_id.to_bytes(4, "big"))]
    if count >= KEYS_FROM:
        parts.append(keys_node(take_bundle(phone.device)))
    phone.network.stats.count("retries_asked")
    receipts.pass_on(phone.network, phone.device, Node("receipt", attrs, parts))


def receive(phone: "Phone", node: Node) -> None:
    """A device asks for something this phone has sent to be sent again."""
    device = phone.network.device_of(node.jid("participant") or node.jid("from"))
    sent = phone.sent.get(node.text("id"))
    if device is None or sent is None:
        return
    keys, registration = node.child("keys"), node.child("registration")
    if keys is not None and registration is not None:
        registration_id = int.from_bytes(node.data("registration"), "big")
        phone.sessions.renew(device.jid, bundle_of(keys, registration_id))
    _send_again(phone, device, node.text("id"), sent)


def _send_again(phone: "Phone", device: Device, message_id: str, sent: "Sent") -> None:
    """To that device alone, in its own session; in a group with the group key once more, for it may lack that."""
    chat, plain = Jid.parse(sent.chat), sent.plain
    if chat.server == GROUP_SERVER:
        plain += between_devices.key_distribution(sent.chat, phone.sender_keys.own(sent.chat).distribution())
    elif device.account is phone.account and not sent.peer:
        plain = between_devices.sent_by_own_device(sent.chat, plain)
    kind, data = phone.sessions.encrypt(device, plain)
    copy = Node("to", {"jid": device.jid}, [Node("enc", {"v": "2", "type": kind}, data)])
    attrs: dict[str, Attribute] = {"id": message_id, "to": chat, "type": sent.type}
    if sent.peer:
        attrs["category"] = "peer"
    phone.network.stats.count("retries_answered")
    messages.relay(phone.network, phone.device, Node("message", attrs, [Node("participants", {}, [copy])]), chat)
