"""People who are named in a message beside its recipient."""

from messageapi.contacts.person import PEOPLE
from messageapi.contacts.written import addressed
from messageapi.messages import errors
from messageapi.vocab.caller import Caller
from messageapi.vocab.phone import Recipient
from messageapi.web.doors import Doors


async def person(doors: Doors, caller: Caller, text: str) -> Recipient:
    """Somebody, not a group or channel. Raise Problem recipient_..., mention_invalid."""
    found = await addressed(doors, caller, text)
    if not found.jid.endswith(PEOPLE):
        raise errors.mention_invalid("Only people can be named here, by phone number or address. Correct it.")
    return found
