"""Reading groups: a page of those a number is in, or one with its members."""

from messageapi.engines.port import Group, GroupPage, GroupShown, ListGroups, ReadGroup
from messageapi.groups.ask import address, ask
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def page(doors: Doors, caller: Caller, number_id: str, after: str, limit: int) -> GroupPage:
    """By id, without members."""
    return await ask(doors, caller, number_id, lambda epoch: ListGroups(number_id, epoch, after, limit), GroupPage)


async def one(doors: Doors, caller: Caller, number_id: str, group: str) -> Group:
    name = address(group)
    return (await ask(doors, caller, number_id, lambda epoch: ReadGroup(number_id, epoch, name), GroupShown)).group
