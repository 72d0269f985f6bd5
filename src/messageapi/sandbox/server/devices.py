"""Linked devices come and go: the account's own devices and everyone who asked for its list hear of it."""

import time

from messageapi.sandbox.network import Account, Device, now
from messageapi.sandbox.server.presence import send_now
from messageapi.sandbox.server.session import Session, bad_request
from messageapi.sandbox.wire.stanza import Attribute, Node


def add(device: Device) -> None:
    account = device.account
    account.devices[device.number] = device
    account.last_device = device.number
    device.linked_at = int(time.time())
    account.touch()
    _announce(account, "add", device)


def remove(device: Device) -> None:
    """The server forgets the device at once; telling it is the caller's part."""
    account = device.account
    device.removed = True
    account.devices.pop(device.number, None)
    for watched in account.network.accounts.values():
        watched.presence_watchers.discard(device)
    account.touch()
    _announce(account, "remove", device)


def companion_removes_itself(session: Session, _iq: Node, child: Node) -> list[Node]:
    """Log-out from the linked device's side."""
    jid = child.jid("jid")
    device = session.network.device_of(jid)
    if device is None or device.account is not session.device.account or device.number == 0:
        raise bad_request()
    remove(device)
    return []


def device_removed() -> Node:
    return Node("stream:error", {"code": "401"}, [Node("conflict", {"type": "device_removed"})])


def _announce(account: Account, change: str, device: Device) -> None:
    """The hashes are not those of the new list, so clients drop what they have and ask again."""
    stamp: dict[str, Attribute] = {"id": f"{change}-{account.key_index}-{device.number}", "t": now()}
    listed = [Node("device", {"jid": other.pn_jid}) for other in account.devices.values()]
    own = Node("devices", {"dhash": "2:changed"}, listed)
    for other in account.linked:
        send_now(other, Node("notification", {"from": account.pn_jid, "type": "account_sync", **stamp}, [own]))
    changed = Node("device", {"jid": device.pn_jid, "lid": device.jid})
    news = Node(change, {"device_hash": "2:changed", "device_lid_hash": "2:changed"}, [changed])
    attrs: dict[str, Attribute] = {"from": account.pn_jid, "lid": account.lid_jid, "type": "devices", **stamp}
    for watcher in account.watchers:
        for other in watcher.linked:
            send_now(other, Node("notification", dict(attrs), [news]))
