"""Control of the network as a whole: is it there, what has it counted, groups, and faults."""

import os
import secrets
import time

import msgspec
from aiohttp import web
from msgspec import UNSET

from messageapi.sandbox.control.keys import NETWORK, answer
from messageapi.sandbox.control.requests import FaultChange, NewGroup, read_body
from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import Account, Group, Network

MOST_GROUPS = 10_000


async def health(_request: web.Request) -> web.Response:
    return answer({"status": "ok"})


async def stats(request: web.Request) -> web.Response:
    network, times = request.app[NETWORK], os.times()
    devices = list(network.linked_devices())
    mailboxes = [device.mailbox for device in devices if device.mailbox]
    return answer(
        {
            "counts": network.stats.counts,
            "unknown": network.stats.unknown,
            "accounts": len(network.accounts),
            "devices": len(devices),
            "online": sum(device.online for device in devices),
            "kept": sum(len(mailbox.kept) for mailbox in mailboxes),
            "dropped": sum(mailbox.dropped for mailbox in mailboxes),
            "faults": _faults(network),
            "cpuSeconds": times.user + times.system,
        }
    )


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
    network.groups_dirty = True
    return answer(_group(group), 201)


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
    return {"id": str(group.jid), "subject": group.subject, "members": [member.e164 for member in group.members]}


async def change_faults(request: web.Request) -> web.Response:
    network, asked = request.app[NETWORK], await read_body(request, FaultChange)
    for name in FaultChange.__struct_fields__:
        value = getattr(asked, name)
        if value is not UNSET:
            setattr(network.faults, name, value)
    return answer(_faults(network))


def _faults(network: Network) -> object:
    faults = network.faults
    change = FaultChange(faults.drop_acks, faults.ack_delay_ms, faults.sink_messages, faults.silent)
    return msgspec.to_builtins(change)


ROUTES = [
    web.get("/health", health),
    web.get("/stats", stats),
    web.get("/groups", list_groups),
    web.post("/groups", create_group),
    web.patch("/faults", change_faults),
]
