"""Invitations: a group's link, a new one, and joining by one."""

from messageapi.engines.port import GetInvite, Group, GroupShown, Invite, JoinGroup
from messageapi.errors import Problem
from messageapi.groups.ask import address, ask
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

_LONGEST = 60


async def link(doors: Doors, caller: Caller, number_id: str, group: str, *, renew: bool) -> str:
    """`renew`: the earlier links open nothing any more."""
    name = address(group)
    return (await ask(doors, caller, number_id, lambda epoch: GetInvite(number_id, epoch, name, renew), Invite)).link


async def join(doors: Doors, caller: Caller, number_id: str, invite: str) -> Group:
    code = _code(invite)
    return (await ask(doors, caller, number_id, lambda epoch: JoinGroup(number_id, epoch, code), GroupShown)).group


def _code(invite: str) -> str:
    """Raise Problem invite_invalid."""
    code = invite.strip().partition("?")[0].rstrip("/").rpartition("/")[2]
    if not code or len(code) > _LONGEST or not code.replace("-", "").replace("_", "").isalnum() or not code.isascii():
        raise Problem("invite_invalid", 422, "This is no invitation to a group. Give the whole link.")
    return code
