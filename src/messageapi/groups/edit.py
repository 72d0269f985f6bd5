"""Changing a group's name, description and settings."""

from messageapi.engines.port import ChangeGroup, Done, Group
from messageapi.groups import look
from messageapi.groups.ask import address, ask
from messageapi.groups.schemas import GroupEdit
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def edit(doors: Doors, caller: Caller, number_id: str, group: str, wishes: GroupEdit) -> Group:
    """One after another, in the order of the fields: when WhatsApp refuses one, those before it are done."""
    name = address(group)

    def made(epoch: int) -> ChangeGroup:
        return ChangeGroup(
            number_id=number_id,
            epoch=epoch,
            group=name,
            subject=wishes.subject,
            description=wishes.description,
            only_admins_send=wishes.only_admins_send,
            only_admins_edit=wishes.only_admins_edit,
        )

    await ask(doors, caller, number_id, made, Done)
    return await look.one(doors, caller, number_id, name)
