"""Adding, removing, promoting and demoting members; leaving."""

from collections.abc import Sequence

from messageapi.contacts.written import person
from messageapi.engines.port import ChangeMembers, Done, LeaveGroup, Member, MembersChanged
from messageapi.groups.ask import address, ask
from messageapi.groups.schemas import MembersRequest
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def change(doors: Doors, caller: Caller, number_id: str, group: str, wished: MembersRequest) -> list[Member]:
    """What came of it for each. Raise Problem recipient_... besides `ask`'s."""
    name, verb = address(group), wished.change
    people = await addresses(doors, caller, wished.members)
    changed = await ask(
        doors, caller, number_id, lambda epoch: ChangeMembers(number_id, epoch, name, verb, people), MembersChanged
    )
    return changed.members


async def addresses(doors: Doors, caller: Caller, named: Sequence[str]) -> list[str]:
    """Of these people, each once. Raise Problem recipient_..."""
    return list(dict.fromkeys([(await person(doors, caller, each)).jid for each in named]))


async def leave(doors: Doors, caller: Caller, number_id: str, group: str) -> None:
    name = address(group)
    await ask(doors, caller, number_id, lambda epoch: LeaveGroup(number_id, epoch, name), Done)
