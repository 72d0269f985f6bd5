"""App state (chat settings, push name): a log of patches by collection that the server numbers but cannot read."""

from messageapi.sandbox.network import Account, Device, now
from messageapi.sandbox.server.presence import send_now
from messageapi.sandbox.server.session import Session
from messageapi.sandbox.wire.protobuf import encode
from messageapi.sandbox.wire.stanza import SERVER, Attribute, Node

COLLECTIONS = ("critical_block", "critical_unblock_low", "regular_high", "regular_low", "regular")
PORTION = 100
MOST_PATCHES = 10_000


def sync(session: Session, _iq: Node, child: Node) -> list[Node]:
    collections = [_collection(session.device, asked) for asked in child.children("collection")]
    return [Node("sync", {}, collections)]


def _collection(device: Device, asked: Node) -> Node:
    name, version = asked.text("name"), asked.text("version", "0")
    if name not in COLLECTIONS or not (version.isascii() and version.isdigit()):
        return _error(name, 0, 400, "bad-request")
    log = device.account.app_state.setdefault(name, [])
    patch = asked.child("patch")
    if patch is None:
        return _patches_since(name, log, int(version))
    if int(version) != len(log) or len(log) >= MOST_PATCHES:
        return _error(name, len(log), 409, "conflict")
    append(device.account, name, asked.data("patch"))
    _tell_others(device, name, len(log))
    return Node("collection", {"name": name, "version": str(len(log))})


def _patches_since(name: str, log: list[bytes], version: int) -> Node:
    portion = log[version : version + PORTION]
    more = "true" if version + len(portion) < len(log) else "false"
    reached = min(version + len(portion), len(log))
    attrs: dict[str, Attribute] = {"name": name, "version": str(reached), "has_more_patches": more}
    return Node("collection", attrs, [Node("patches", {}, [Node("patch", {}, patch) for patch in portion])])


def append(account: Account, name: str, patch: bytes) -> None:
    """Number a patch and keep it."""
    log = account.app_state.setdefault(name, [])
    log.append(encode((1, encode((1, len(log) + 1)))) + patch)
    account.touch()


def _tell_others(writer: Device, name: str, version: int) -> None:
    changed = Node("collection", {"name": name, "version": str(version)})
    attrs: dict[str, Attribute] = {"from": SERVER, "type": "server_sync", "id": f"sync-{name}-{version}", "t": now()}
    for device in writer.account.linked:
        if device is not writer:
            send_now(device, Node("notification", dict(attrs), [changed]))


def _error(name: str, version: int, code: int, text: str) -> Node:
    error = Node("error", {"code": str(code), "text": text})
    return Node("collection", {"name": name, "type": "error", "version": str(version)}, [error])
