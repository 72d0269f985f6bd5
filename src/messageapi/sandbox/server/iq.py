"""Questions from devices that are logged in: which part of the server answers which, as one table."""

from collections.abc import Callable

from messageapi.sandbox.server import appstate, devices, media, prekeys, usync
from messageapi.sandbox.server.groups import requests as groups
from messageapi.sandbox.server.session import Session, StanzaError
from messageapi.sandbox.wire.stanza import SERVER, Attribute, Node, NodeError

Handler = Callable[[Session, Node, Node], list[Node]]
_PRIVACY = ("readreceipts", "last", "online", "profile", "status", "groupadd", "calladd", "messages", "defense")


def _empty(_session: Session, _iq: Node, _child: Node) -> list[Node]:
    return []


def _active(session: Session, _iq: Node, _child: Node) -> list[Node]:
    """The device is ready for good: its phone introduces itself once."""
    device = session.device
    if not device.introduced:
        device.introduced = True
        device.account.phone.introduce(device)
    return []


def _privacy(_session: Session, _iq: Node, _child: Node) -> list[Node]:
    return [Node("privacy", {}, [Node("category", {"name": name, "value": "all"}) for name in _PRIVACY])]


def _status_privacy(session: Session, _iq: Node, _child: Node) -> list[Node]:
    """Who sees the status: those planted as contacts, or whomever the client knows as such."""
    chosen = [session.network.accounts.get(number) for number in session.device.account.contacts]
    users = [Node("user", {"jid": account.pn_jid}) for account in chosen if account]
    kind = "whitelist" if users else "contacts"
    return [Node("privacy", {}, [Node("list", {"type": kind, "default": "true"}, users or None)])]


def _blocklist(_session: Session, _iq: Node, _child: Node) -> list[Node]:
    return [Node("list", {"dhash": "0"})]


def _no_picture(_session: Session, _iq: Node, _child: Node) -> list[Node]:
    raise StanzaError(404, "item-not-found")


# By namespace and the first child; an empty child means that the iq has none.
HANDLERS: dict[tuple[str, str], Handler] = {
    ("w:p", ""): _empty,
    ("w:p", "ping"): _empty,
    ("urn:xmpp:ping", "ping"): _empty,
    ("passive", "active"): _active,
    ("passive", "passive"): _empty,
    ("encrypt", "count"): prekeys.count,
    ("encrypt", "digest"): prekeys.digest,
    ("encrypt", "key"): prekeys.fetch,
    ("encrypt", "registration"): prekeys.upload,
    ("usync", "usync"): usync.usync,
    ("w:m", "media_conn"): media.media_conn,
    **groups.HANDLERS,
    ("w:sync:app:state", "sync"): appstate.sync,
    ("md", "remove-companion-device"): devices.companion_removes_itself,
    ("privacy", "privacy"): _privacy,
    ("privacy", "tokens"): _empty,
    ("status", "privacy"): _status_privacy,
    ("blocklist", ""): _blocklist,
    ("w:profile:picture", "picture"): _no_picture,
    ("urn:xmpp:whatsapp:dirty", "clean"): _empty,
    ("w:stats", "add"): _empty,
    ("abt", "props"): _empty,
    ("w", "props"): _empty,
    ("tos", "request"): _empty,
}


def answer(session: Session, iq: Node) -> None:
    if iq.text("type") not in ("get", "set") or not iq.text("id"):
        return
    namespace, child = iq.text("xmlns"), [*iq.children(), Node("")][0]
    handler = HANDLERS.get((namespace, child.tag))
    if handler is None:
        session.network.stats.count_unknown(f"{namespace[:40]} {child.tag[:40]}")
        handler = _empty
    try:
        session.send(result(iq, handler(session, iq, child)))
    except StanzaError as refused:
        session.send(error(iq, refused))
    except NodeError:
        session.send(error(iq, StanzaError(400, "bad-request")))


def result(iq: Node, content: list[Node]) -> Node:
    return Node("iq", {**_reply_to(iq), "type": "result"}, content or None)


def error(iq: Node, refused: StanzaError) -> Node:
    reason = Node("error", {"code": str(refused.code), "text": refused.text})
    return Node("iq", {**_reply_to(iq), "type": "error"}, [reason])


def _reply_to(iq: Node) -> dict[str, Attribute]:
    return {"from": iq.attrs.get("to", SERVER), "id": iq.text("id")}
