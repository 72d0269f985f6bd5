"""Control of groups: make them, list them, and have phones change them."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web
from msgspec import UNSET

from messageapi.sandbox.control.keys import NETWORK, answer
from messageapi.sandbox.control.requests import GroupChange, MemberChange, NewGroup, read_body
from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import MOST_GROUPS, Account, Group, Network
from messageapi.sandbox.server.groups import membership
from messageapi.sandbox.server.groups.membership import group_node
from messageapi.sandbox.server.session import StanzaError
from messageapi.sandbox.wire.stanza import Node


async def list_groups(request: web.Request) -> web.Response:
    return answer({"groups": [_group(group) for group in request.app[NETWORK].groups.values()]})


async def create_group(request: web.Request) -> web.Response:
    network, asked = request.app[NETWORK], await read_body(request, NewGroup)
    members = _members(network, asked.members)
    group_id = (asked.id or f"120363{secrets.randbelow(10**12):012d}").removesuffix("@g.us")
    known = network.groups.get(group_id)
    if known:
        if (known.subject, known.members) != (asked.subject, members):
            raise SandboxError("group_exists", "There is a group with this id but another subject or members.", 409)
        return answer(_group(known))
    if len(network.groups) >= MOST_GROUPS:
        raise SandboxError("too_many_groups", f"The network holds at most {MOST_GROUPS} groups.", 409)
    group = Group(group_id, asked.subject, members, int(time.time()))
    network.groups[group_id] = group
    group.touch()
    membership.announce(group, members[0], [Node("create", {"type": "new"}, [group_node(group)])], members)
    return answer(_group(group), 201)


async def show_group(request: web.Request) -> web.Response:
    return answer(_group(_named(request)))


async def change_members(request: web.Request) -> web.Response:
    """Whoever cannot be added, removed, promoted or demoted is passed over."""
    network, group, asked = request.app[NETWORK], _named(request), await read_body(request, MemberChange)
    (by,) = _members(network, [asked.by])
    if asked.change == "join":
        membership.join(group, by)
    elif asked.change == "leave":
        membership.remove(group, by, [by])
    else:
        named = [(str(each.lid_jid), each) for each in _members(network, asked.members)]
        with _refusals():
            membership.change(group, by, asked.change, named)
    return answer(_group(group))


async def change_group(request: web.Request) -> web.Response:
    network, group, asked = request.app[NETWORK], _named(request), await read_body(request, GroupChange)
    (by,) = _members(network, [asked.by])
    wishes = [(name, getattr(asked, name)) for name in ("subject", "description") if getattr(asked, name) is not UNSET]
    if asked.locked is not UNSET:
        wishes.append(("locked" if asked.locked else "unlocked", ""))
    if asked.announce is not UNSET:
        wishes.append(("announcement" if asked.announce else "not_announcement", ""))
    with _refusals():
        for what, words in wishes:
            membership.set_up(group, by, what, words)
    return answer(_group(group))


def _named(request: web.Request) -> Group:
    group = request.app[NETWORK].groups.get(request.match_info["group"].removesuffix("@g.us"))
    if group is None:
        raise SandboxError("unknown_group", "There is no such group.", 404)
    return group


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except StanzaError as refused:
        raise SandboxError("refused", f"The network refuses this with error {refused.code}.", 409) from None


def _members(network: Network, numbers: list[str]) -> list[Account]:
    """Each member once, in the order given."""
    members: dict[str, Account] = {}
    for number in numbers:
        account = network.accounts.get(number.removeprefix("+"))
        if account is None:
            raise SandboxError("unknown_phone", "Every member of a group needs a phone on this network.", 404)
        members[account.number] = account
    return list(members.values())


def _group(group: Group) -> dict[str, object]:
    return {
        "id": str(group.jid),
        "subject": group.subject,
        "members": [member.e164 for member in group.members],
        "admins": [member.e164 for member in group.members if member in group.admins],
        "description": group.description,
        "locked": group.locked,
        "announce": group.announce,
        "invite": group.invite,
    }


ROUTES = [
    web.get("/groups", list_groups),
    web.post("/groups", create_group),
    web.get("/groups/{group}", show_group),
    web.patch("/groups/{group}", change_group),
    web.post("/groups/{group}/members", change_members),
]
