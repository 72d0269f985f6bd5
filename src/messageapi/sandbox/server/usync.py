"""Questions about people: do they have an account, which devices, which hidden identity (LID)."""

from collections.abc import Callable

from messageapi.sandbox.network import PN_SERVER, Account, now
from messageapi.sandbox.server.session import Session, bad_request
from messageapi.sandbox.wire.stanza import Attribute, Jid, Node

MOST_USERS = 5000


def usync(session: Session, _iq: Node, child: Node) -> list[Node]:
    query, asked = child.child("query"), child.child("list")
    if query is None or asked is None or len(asked.children()) > MOST_USERS:
        raise bad_request()
    protocols = [node.tag for node in query.children()]
    users = [_user(session, user, protocols) for user in asked.children("user")]
    attrs: dict[str, Attribute] = {name: child.text(name) for name in ("sid", "mode", "context") if child.text(name)}
    attrs |= {"index": "0", "last": "true"}
    result = Node("result", {}, [Node(tag) for tag in protocols])
    return [Node("usync", attrs, [result, Node("list", {}, users)])]


def _user(session: Session, user: Node, protocols: list[str]) -> Node:
    contact = user.child("contact")
    if contact is not None and isinstance(contact.content, bytes):
        return _contact(session, contact.content, protocols)
    jid = user.jid("jid") or user.jid("pn_jid")
    if jid is None:
        raise bad_request()
    account = session.network.account_of(jid)
    known = account is not None and account.listed
    return Node("user", {"jid": jid}, _parts(session, account, protocols) if account and known else [])


def _contact(session: Session, query: bytes, protocols: list[str]) -> Node:
    """A question by number: the answer says `in` or `out` and repeats the question, by which clients match it.

    Whoever is found under another form of the number is named by the real one.
    """
    number = query.decode(errors="replace").partition("@")[0].lstrip("+")
    account = session.network.account_found(number)
    found = Node("contact", {"type": "in" if account else "out"}, query)
    if account is None:
        return Node("user", {"jid": Jid(number, PN_SERVER)}, [found])
    return Node(
        "user", {"jid": account.lid_jid, "pn_jid": account.pn_jid}, [found, *_parts(session, account, protocols)]
    )


def _parts(session: Session, account: Account, protocols: list[str]) -> list[Node]:
    return [_PROTOCOLS[tag](session, account) for tag in protocols if tag in _PROTOCOLS]


def _devices(session: Session, account: Account) -> Node:
    """Whoever asks hears of later changes: clients keep this list."""
    account.watchers.add(session.device.account)
    listed = [
        Node("device", {"id": str(number), **({"key-index": str(number)} if number else {})})
        for number in account.devices
    ]
    return Node(
        "devices",
        {},
        [Node("device-list", {"hash": "2:sandbox"}, listed), Node("key-index-list", {"ts": now()}, b"")],
    )


def _lid(_session: Session, account: Account) -> Node:
    """Not optional: without it whatsmeow cannot send ("no LID found")."""
    return Node("lid", {"val": account.lid_jid})


def _status(_session: Session, _account: Account) -> Node:
    return Node("status", {"t": "1700000000"}, b"On the sandbox network")


def _disappearing(_session: Session, _account: Account) -> Node:
    return Node("disappearing_mode", {"duration": "0", "t": "0"})


_PROTOCOLS: dict[str, Callable[[Session, Account], Node]] = {
    "devices": _devices,
    "lid": _lid,
    "status": _status,
    "disappearing_mode": _disappearing,
}
