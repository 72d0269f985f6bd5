"""Making a group."""

import msgspec

from messageapi.engines.port import ChangeGroup, CreateGroup, Done, Group, GroupShown
from messageapi.groups.ask import ask
from messageapi.groups.members import addresses
from messageapi.groups.schemas import NewGroup
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def create(doors: Doors, caller: Caller, number_id: str, wished: NewGroup) -> Group:
    """Whoever cannot be added is among the members with the reason. Raise Problem recipient_... besides `ask`'s."""
    members = await addresses(doors, caller, wished.members)
    subject, description = wished.subject, wished.description
    made = await ask(
        doors, caller, number_id, lambda epoch: CreateGroup(number_id, epoch, subject, members), GroupShown
    )
    if not description:
        return made.group
    name = made.group.id
    await ask(
        doors, caller, number_id, lambda epoch: ChangeGroup(number_id, epoch, name, description=description), Done
    )
    return msgspec.structs.replace(made.group, description=description)
