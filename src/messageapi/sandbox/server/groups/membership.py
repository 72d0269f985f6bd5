"""Changes of a group, by whomever they are asked for, and the news of them to everyone who is in it."""

import secrets
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from messageapi.sandbox.network import Account, Group, now
from messageapi.sandbox.server.session import StanzaError
from messageapi.sandbox.wire.stanza import Attribute, Jid, Node

SETTINGS = ("subject", "description", "locked", "unlocked", "announcement", "not_announcement")
Named = tuple[str, Account | None]
"""The address as it was asked for, and who that is."""


class Changed(NamedTuple):
    """What came of it for one participant; `error` 0: it was done."""

    asked: str
    account: Account | None
    error: int = 0


def change(group: Group, by: Account, verb: str, named: Sequence[Named]) -> list[Changed]:
    """Raise StanzaError 403 when `by` is no admin."""
    demand_admin(group, by)
    changed = admit(group, named) if verb == "add" else [_member(group, each) for each in named]
    done = [each.account for each in changed if each.account and not each.error]
    if not done:
        return changed
    if verb == "add":
        _welcome(group, by, done)
    elif verb == "remove":
        remove(group, by, done)
    else:
        _set_role(group, by, verb, done)
    return changed


def admit(group: Group, named: Iterable[Named]) -> list[Changed]:
    """Into the group, without a word to anybody."""
    changed = []
    for asked, account in named:
        error = _obstacle(group, account)
        if account and not error:
            group.members.append(account)
        changed.append(Changed(asked, account, error))
    group.touch()
    return changed


def _obstacle(group: Group, account: Account | None) -> int:
    """Who refuses messages lets nobody add them either."""
    if account is None or not account.listed:
        return 404
    if account in group.members:
        return 409
    return 403 if account.refuse is not None else 0


def _member(group: Group, named: Named) -> Changed:
    asked, account = named
    return Changed(asked, account, 0 if account in group.members else 404)


def join(group: Group, account: Account) -> None:
    """By a link. Being there already is no mistake."""
    if account in group.members:
        return
    group.members.append(account)
    group.touch()
    _welcome(group, account, [account], {"reason": "invite"})


def _welcome(group: Group, by: Account, new: Sequence[Account], how: dict[str, Attribute] | None = None) -> None:
    """Those who are new are told all of the group, the others who is new."""
    added = participants("add", new)
    added.attrs |= how or {}
    announce(group, by, [added], [member for member in group.members if member not in new])
    announce(group, by, [Node("create", dict(how or {}), [group_node(group)])], new)


def remove(group: Group, by: Account, leaving: Sequence[Account]) -> None:
    """Those who leave hear of it as well. A group without admins gets the one who has been there longest."""
    heard = list(group.members)
    group.members = [member for member in group.members if member not in leaving]
    group.admins.difference_update(leaving)
    if group.members and not group.admins:
        group.admins.add(group.members[0])
    group.touch()
    announce(group, by, [participants("remove", leaving)], heard)


def _set_role(group: Group, by: Account, verb: str, accounts: Sequence[Account]) -> None:
    if verb == "promote":
        group.admins.update(accounts)
    else:
        group.admins.difference_update(accounts)
    group.touch()
    announce(group, by, [participants(verb, accounts)], group.members)


def set_up(group: Group, by: Account, what: str, words: str) -> None:
    """One of SETTINGS. In a group that is not locked, everyone may change its name and description."""
    if group.locked or what not in ("subject", "description"):
        demand_admin(group, by)
    announce(group, by, [_set(group, by, what, words)], group.members)
    group.touch()


def _set(group: Group, by: Account, what: str, words: str) -> Node:
    if what == "subject":
        group.subject = words
        return Node("subject", {"subject": words, "s_t": now(), "s_o": by.lid_jid})
    if what == "description":
        group.description, group.description_id = words, secrets.token_hex(8).upper()
        content = Node("body", {}, words.encode()) if words else Node("delete")
        return Node("description", {"id": group.description_id}, [content])
    if what.endswith("locked"):
        group.locked = what == "locked"
        return Node(what)
    group.announce = what == "announcement"
    return Node(what, {"v_id": secrets.token_hex(8)})  # clients pass over the news without it


def renew_invite(group: Group, by: Account) -> None:
    group.old_invites.append(group.invite)
    group.invite = secrets.token_urlsafe(16)
    group.touch()
    announce(group, by, [Node("invite", {"code": group.invite})], group.members)


def demand_admin(group: Group, account: Account, code: int = 403) -> None:
    if account not in group.admins:
        raise StanzaError(code, "forbidden" if code == 403 else "not-authorized")


def group_node(group: Group) -> Node:
    attrs: dict[str, Attribute] = {
        "id": group.id,
        "creator": group.creator.lid_jid,
        "creator_pn": group.creator.pn_jid,
        "creation": str(group.created),
        "subject": group.subject,
        "s_t": str(group.created),
        "s_o": group.creator.lid_jid,
        "addressing_mode": "lid",
        "size": str(len(group.members)),
    }
    flags = [Node(tag) for tag, on in (("locked", group.locked), ("announcement", group.announce)) if on]
    return Node("group", attrs, [*_description(group), *flags, *(_participant(group, each) for each in group.members)])


def _description(group: Group) -> list[Node]:
    if not group.description:
        return []
    attrs: dict[str, Attribute] = {"id": group.description_id, "participant": group.creator.lid_jid}
    return [Node("description", attrs | {"t": str(group.created)}, [Node("body", {}, group.description.encode())])]


def _participant(group: Group, member: Account) -> Node:
    attrs: dict[str, Attribute] = {"jid": member.lid_jid, "phone_number": member.pn_jid}
    if member in group.admins:
        attrs["type"] = "superadmin" if member is group.creator else "admin"
    return Node("participant", attrs)


def participants(tag: str, accounts: Iterable[Account]) -> Node:
    listed = [Node("participant", {"jid": each.lid_jid, "phone_number": each.pn_jid}) for each in accounts]
    return Node(tag, {}, listed)


def announce(group: Group, by: Account, news: list[Node], to: Iterable[Account]) -> None:
    """To all their devices, that of `by` as well."""
    attrs: dict[str, Attribute] = {
        "from": Jid(group.id, group.jid.server),
        "type": "w:gp2",
        "id": secrets.token_hex(8).upper(),
        "t": now(),
        "participant": by.lid_jid,
        "participant_pn": by.pn_jid,
        "notify": by.name,
        "addressing_mode": "lid",
    }
    for member in to:
        for device in member.devices.values():
            device.post.deliver(Node("notification", dict(attrs), news))
