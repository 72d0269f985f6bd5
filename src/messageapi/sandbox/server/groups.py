"""Groups as clients ask for them. They are made through the control interface."""

from messageapi.sandbox.network import Account, Group
from messageapi.sandbox.server.session import Session, StanzaError, not_found
from messageapi.sandbox.wire.stanza import Attribute, Node


def query(session: Session, iq: Node, _child: Node) -> list[Node]:
    group = session.network.group_of(iq.jid("to"))
    if group is None:
        raise not_found()
    if session.device.account not in group.members:
        raise StanzaError(403, "forbidden")
    return [group_node(group)]


def participating(session: Session, _iq: Node, _child: Node) -> list[Node]:
    account = session.device.account
    own = [group_node(group) for group in session.network.groups.values() if account in group.members]
    return [Node("groups", {}, own)]


def group_node(group: Group) -> Node:
    owner, created = group.members[0], str(group.created)
    attrs: dict[str, Attribute] = {
        "id": group.id,
        "creator": owner.lid_jid,
        "creator_pn": owner.pn_jid,
        "creation": created,
        "subject": group.subject,
        "s_t": created,
        "s_o": owner.lid_jid,
        "addressing_mode": "lid",
        "size": str(len(group.members)),
    }
    return Node("group", attrs, [_participant(member, owner) for member in group.members])


def _participant(member: Account, owner: Account) -> Node:
    attrs: dict[str, Attribute] = {"jid": member.lid_jid, "phone_number": member.pn_jid}
    if member is owner:
        attrs["type"] = "superadmin"
    return Node("participant", attrs)
