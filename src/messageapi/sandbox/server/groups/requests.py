"""Groups as clients ask for them and change them. Who may do what is decided in `membership`."""

import secrets
import time
from collections.abc import Callable

from messageapi.sandbox.network import MOST_GROUPS, Account, Group
from messageapi.sandbox.server.groups import membership
from messageapi.sandbox.server.groups.membership import Changed, group_node
from messageapi.sandbox.server.session import Session, StanzaError, bad_request, not_found
from messageapi.sandbox.wire.stanza import Attribute, Node

MOST_MEMBERS = 1024
LONGEST_SUBJECT = 100
LONGEST_DESCRIPTION = 2048


def query(session: Session, iq: Node, _child: Node) -> list[Node]:
    return [group_node(_own(session, iq))]


def participating(session: Session, _iq: Node, _child: Node) -> list[Node]:
    account = session.device.account
    own = [group_node(group) for group in session.network.groups.values() if account in group.members]
    return [Node("groups", {}, own)]


def create(session: Session, _iq: Node, child: Node) -> list[Node]:
    """Whoever cannot be added is named with the reason and is not in it."""
    network, creator = session.network, session.device.account
    if len(network.groups) >= MOST_GROUPS or not 0 < len(child.text("subject")) <= LONGEST_SUBJECT:
        raise StanzaError(406, "not-acceptable")
    group = Group(f"120363{secrets.randbelow(10**12):012d}", child.text("subject"), [creator], int(time.time()))
    network.groups[group.id] = group
    added = membership.admit(group, _named(session, child))
    network.groups_dirty = True
    news = Node("create", {"type": "new", "key": child.text("key")}, [group_node(group)])
    membership.announce(group, creator, [news], group.members)
    shown = group_node(group)
    refused = [_result(each) for each in added if each.error]
    shown.content = [*shown.children(), *refused]
    return [shown]


def change_members(session: Session, iq: Node, child: Node) -> list[Node]:
    """<add>, <remove>, <promote> or <demote>: each participant has its own result."""
    group = _own(session, iq)
    changed = membership.change(group, session.device.account, child.tag, _named(session, child))
    return [Node(child.tag, {}, [_result(each) for each in changed])]


def change_settings(session: Session, iq: Node, child: Node) -> list[Node]:
    """<subject>, <description>, <locked>, <announcement> and their opposites."""
    membership.set_up(_own(session, iq), session.device.account, child.tag, _words(child))
    return []


def invite(session: Session, iq: Node, child: Node) -> list[Node]:
    """Of a group: its link, or a new one. Of the server: what a link leads to, or join by it."""
    group = session.network.group_of(iq.jid("to"))
    asked = iq.text("type") == "get"
    if group is None:
        found = _invited(session, child.text("code"))
        return [group_node(found)] if asked else _joined(session, found)
    membership.demand_admin(_own(session, iq), session.device.account, 401)
    if not asked:
        membership.renew_invite(group, session.device.account)
    return [Node("invite", {"code": group.invite})]


def _joined(session: Session, group: Group) -> list[Node]:
    membership.join(group, session.device.account)
    return [Node("group", {"jid": group.jid})]


def leave(session: Session, _iq: Node, child: Node) -> list[Node]:
    left = []
    for named in child.children("group"):
        group = session.network.group_of(named.jid("id"))
        if group is None or session.device.account not in group.members:
            raise not_found()
        membership.remove(group, session.device.account, [session.device.account])
        left.append(Node("group", {"id": group.jid}))
    return [Node("leave", {}, left)]


def _own(session: Session, iq: Node) -> Group:
    group = session.network.group_of(iq.jid("to"))
    if group is None:
        raise not_found()
    if session.device.account not in group.members:
        raise StanzaError(403, "forbidden")
    return group


def _invited(session: Session, code: str) -> Group:
    for group in session.network.groups.values():
        if secrets.compare_digest(group.invite.encode(), code.encode()):
            return group
        if code in group.old_invites:
            raise StanzaError(410, "gone")
    raise StanzaError(406, "not-acceptable")


def _named(session: Session, child: Node) -> list[tuple[str, Account | None]]:
    jids = [each.jid("jid") for each in child.children("participant")]
    if (not jids and child.tag != "create") or len(jids) > MOST_MEMBERS or None in jids:
        raise bad_request()
    return [(str(jid), session.network.account_of(jid)) for jid in jids]


def _words(child: Node) -> str:
    given = child.content if child.tag == "subject" else None
    body = child.child("body")
    given = body.content if body else given
    words = given.decode(errors="replace") if isinstance(given, bytes) else ""
    if len(words) > (LONGEST_SUBJECT if child.tag == "subject" else LONGEST_DESCRIPTION):
        raise StanzaError(406, "not-acceptable")
    return words


def _result(changed: Changed) -> Node:
    attrs: dict[str, Attribute] = {"jid": changed.asked}
    if changed.account:
        attrs = {"jid": changed.account.lid_jid, "phone_number": changed.account.pn_jid}
    if changed.error:
        attrs["error"] = str(changed.error)
    return Node("participant", attrs)


HANDLERS: dict[tuple[str, str], Callable[[Session, Node, Node], list[Node]]] = {
    ("w:g2", "query"): query,
    ("w:g2", "participating"): participating,
    ("w:g2", "create"): create,
    **{("w:g2", tag): change_members for tag in ("add", "remove", "promote", "demote")},
    **{("w:g2", tag): change_settings for tag in membership.SETTINGS},
    ("w:g2", "invite"): invite,
    ("w:g2", "leave"): leave,
}
