"""Every stanza a client can send, by its tag: one table for devices that are logged in, one for those that register."""

from collections.abc import Callable

from messageapi.sandbox.server import calls, iq, linkcode, presence
from messageapi.sandbox.server.pairing import Registration
from messageapi.sandbox.server.relay import messages, receipts
from messageapi.sandbox.server.session import Session, StanzaError, bad_request
from messageapi.sandbox.wire.stanza import Node, NodeError


def _message(session: Session, node: Node) -> None:
    messages.accept(session.network, session.device, node, session.send)


def _receipt(session: Session, node: Node) -> None:
    receipts.accept(session.network, session.device, node, session.send)


def _ack(session: Session, node: Node) -> None:
    receipts.accept_ack(session.network, session.device, node)


def _presence(session: Session, node: Node) -> None:
    presence.presence(session.network, session.device, node)


def _chatstate(session: Session, node: Node) -> None:
    presence.chatstate(session.network, session.device, node)


def _call(session: Session, node: Node) -> None:
    calls.accept(session.network, session.device, node, session.send)


def _ib(session: Session, node: Node) -> None:
    """The client's asides; only the request for more of the offline queue wants something."""
    batch, mailbox = node.child("offline_batch"), session.device.mailbox
    count = batch.text("count") if batch else ""
    if mailbox and count.isascii() and count.isdigit():
        mailbox.grant(int(count[:6]))


HANDLERS: dict[str, Callable[[Session, Node], None]] = {
    "iq": iq.answer,
    "message": _message,
    "receipt": _receipt,
    "ack": _ack,
    "presence": _presence,
    "chatstate": _chatstate,
    "call": _call,
    "ib": _ib,
}


def handle(session: Session, node: Node) -> None:
    """A device that was unlinked may still talk until its connection closes, but is no longer listened to."""
    handler = HANDLERS.get(node.tag)
    if session.device.removed and node.tag != "message":
        return
    if handler is None:
        session.network.stats.count_unknown(node.tag[:40])
        return
    try:
        handler(session, node)
    except NodeError:
        session.network.stats.count("malformed")


def handle_unregistered(registration: Registration, node: Node) -> None:
    """Before it belongs to an account a device may confirm a link or ask for a code, nothing else."""
    if node.tag != "iq":
        return
    child = (node.children() or [Node("")])[0]
    if child.tag == "pair-device-sign":
        registration.confirm(child)
        return
    if node.text("type") not in ("get", "set") or not node.text("id"):
        return
    try:
        if child.tag == "link_code_companion_reg":
            registration.send(iq.result(node, linkcode.stage(registration, child)))
        else:
            registration.send(iq.result(node, []))
    except StanzaError as refused:
        registration.send(iq.error(node, refused))
    except NodeError:
        registration.send(iq.error(node, bad_request()))
