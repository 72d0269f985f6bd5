"""Public keys of devices: how many are left, uploads, and the bundles that others start their sessions with."""

from messageapi.sandbox.network import Device, SignedPreKey, now
from messageapi.sandbox.server.session import Session, StanzaError, bad_request
from messageapi.sandbox.signal.keys import KEY_SIZE, typed
from messageapi.sandbox.signal.ratchet import PreKeyBundle
from messageapi.sandbox.signal.xeddsa import verify
from messageapi.sandbox.wire.stanza import SERVER, Attribute, Node

KEY_TYPE = b"\x05"
LOW = 5
MOST_IN_STOCK = 2000
MOST_IN_QUERY = 1000


def count(session: Session, _iq: Node, _child: Node) -> list[Node]:
    """Never 0: that makes whatsmeow compute 812 keys, 2 to 5 seconds; at 1 it makes 50."""
    return [Node("count", {"value": str(len(session.device.prekeys) or 1)})]


def upload(session: Session, iq: Node, _child: Node) -> list[Node]:
    device = session.device
    signed, identity = _signed_prekey(iq), iq.data("identity")
    if identity != device.identity or not verify(identity, typed(signed.public), signed.signature):
        raise StanzaError(406, "not-acceptable")
    listed = iq.child("list")
    keys = [(int.from_bytes(key.data("id"), "big"), key.data("value")) for key in listed.children()] if listed else []
    if any(key_id >= 1 << 24 or len(public) != KEY_SIZE for key_id, public in keys):
        raise bad_request()
    if len(keys) + len(device.prekeys) > MOST_IN_STOCK:
        raise StanzaError(406, "not-acceptable")
    for key_id, public in keys:
        device.prekeys.add(key_id, public)
    device.signed_prekey = signed
    device.account.touch()
    return []


def _signed_prekey(iq: Node) -> SignedPreKey:
    key_id, public, signature = (iq.data("skey", part) for part in ("id", "value", "signature"))
    return SignedPreKey(int.from_bytes(key_id, "big"), public, signature)


def digest(session: Session, _iq: Node, _child: Node) -> list[Node]:
    """What the server holds; a client that gets nothing here uploads new keys at every login."""
    device = session.device
    return [
        Node(
            "digest",
            {},
            [
                Node("registration", {}, device.registration_id.to_bytes(4, "big")),
                Node("type", {}, KEY_TYPE),
                Node("identity", {}, device.identity),
                _skey(device.signed_prekey),
            ],
        )
    ]


def fetch(session: Session, _iq: Node, child: Node) -> list[Node]:
    users = child.children("user")
    if len(users) > MOST_IN_QUERY:
        raise bad_request()
    return [Node("list", {}, [_user(session, user) for user in users])]


def _user(session: Session, asked: Node) -> Node:
    jid = asked.jid("jid")
    device = session.network.device_of(jid)
    if jid is None or device is None:
        return Node("user", {"jid": jid} if jid else {}, [Node("error", {"code": "404", "text": "item-not-found"})])
    bundle = take_bundle(device)
    keys = [
        Node("registration", {}, bundle.registration_id.to_bytes(4, "big")),
        Node("type", {}, KEY_TYPE),
        Node("identity", {}, bundle.identity),
    ]
    if bundle.prekey_id is not None and bundle.prekey is not None:
        keys.append(_key(bundle.prekey_id, bundle.prekey))
    return Node("user", {"jid": jid, "t": now()}, [*keys, _skey(device.signed_prekey)])


def _key(key_id: int, public: bytes) -> Node:
    return Node("key", {}, [Node("id", {}, key_id.to_bytes(3, "big")), Node("value", {}, public)])


def _skey(signed: SignedPreKey) -> Node:
    parts = (("id", signed.id.to_bytes(3, "big")), ("value", signed.public), ("signature", signed.signature))
    return Node("skey", {}, [Node(tag, {}, data) for tag, data in parts])


def take_bundle(device: Device) -> PreKeyBundle:
    """What another device needs to write to this one first. Uses up a one-time key while there are any."""
    one_time = device.prekeys.take()
    if one_time and len(device.prekeys) < LOW:
        _say_low(device)
    device.account.touch()
    signed = device.signed_prekey
    return PreKeyBundle(
        device.registration_id,
        device.identity,
        signed.id,
        signed.public,
        signed.signature,
        *(one_time or (None, None)),
    )


def _say_low(device: Device) -> None:
    left = len(device.prekeys)
    attrs: dict[str, Attribute] = {"from": SERVER, "type": "encrypt", "id": f"low-{now()}-{left}", "t": now()}
    device.post.deliver(Node("notification", attrs, [Node("count", {"value": str(left)})]))


def keys_node(bundle: PreKeyBundle) -> Node:
    """The <keys> of a retry receipt: the asking device hands out its own bundle."""
    parts = [Node("type", {}, KEY_TYPE), Node("identity", {}, bundle.identity)]
    if bundle.prekey_id is not None and bundle.prekey is not None:
        parts.append(_key(bundle.prekey_id, bundle.prekey))
    signed = SignedPreKey(bundle.signed_prekey_id, bundle.signed_prekey, bundle.signature)
    return Node("keys", {}, [*parts, _skey(signed)])


def bundle_of(keys: Node, registration_id: int) -> PreKeyBundle:
    """The other way round; raises NodeError when a part is missing."""
    one_time = keys.child("key") is not None
    return PreKeyBundle(
        registration_id,
        keys.data("identity")[-KEY_SIZE:],
        int.from_bytes(keys.data("skey", "id"), "big"),
        keys.data("skey", "value")[-KEY_SIZE:],
        keys.data("skey", "signature"),
        int.from_bytes(keys.data("key", "id"), "big") if one_time else None,
        keys.data("key", "value")[-KEY_SIZE:] if one_time else None,
    )
