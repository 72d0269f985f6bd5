"""Recipients as people write them, completed by the account's own country where they need one."""

from messageapi.messages import errors, find
from messageapi.vocab.caller import Caller
from messageapi.vocab.jid import LID_SERVER, PN_SERVER
from messageapi.vocab.phone import Recipient, RecipientError, needs_country, recipient
from messageapi.web.doors import Doors


async def addressed(doors: Doors, caller: Caller, text: str) -> Recipient:
    """Raise Problem recipient_..."""
    try:
        if not needs_country(text):
            return recipient(text)
        return recipient(text, await doors.db.read(lambda tx: find.default_country(tx, caller)))
    except RecipientError as error:
        raise errors.recipient_problem(error) from None


async def person(doors: Doors, caller: Caller, text: str) -> Recipient:
    """Somebody, not a group or channel. Raise Problem recipient_..., mention_invalid."""
    found = await addressed(doors, caller, text)
    if not found.jid.endswith((f"@{PN_SERVER}", f"@{LID_SERVER}")):
        raise errors.mention_invalid("Only people can be named here, by phone number or address. Correct it.")
    return found
