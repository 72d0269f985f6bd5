"""Recipients as people write them, completed by the account's own country where they need one."""

from messageapi.contacts import find
from messageapi.contacts.canonical import canonical
from messageapi.contacts.person import PEOPLE
from messageapi.errors import Problem
from messageapi.vocab.caller import Caller
from messageapi.vocab.phone import Recipient, RecipientError, needs_country, recipient
from messageapi.web.doors import Doors


async def addressed(doors: Doors, caller: Caller, text: str) -> Recipient:
    """As it is written. Raise Problem recipient_..."""
    try:
        if not needs_country(text):
            return recipient(text)
        return recipient(text, await doors.db.read(lambda tx: find.default_country(tx, caller)))
    except RecipientError as error:
        raise Problem(error.code, 422, error.message) from None


async def person(doors: Doors, caller: Caller, text: str) -> Recipient:
    """Somebody, under all that is known of them. Raise Problem recipient_..."""
    found = await addressed(doors, caller, text)
    if not found.jid.endswith(PEOPLE):
        raise Problem("recipient_malformed", 422, "Only a person can be named here, by phone number or address.")
    return await canonical(doors, caller.account_id, found)


async def phone(doors: Doors, caller: Caller, text: str) -> str:
    """E.164. Raise Problem recipient_..."""
    found = await addressed(doors, caller, text)
    if found.phone is None:
        raise Problem("recipient_malformed", 422, "Only phone numbers can be named here. Write +4915123456789.")
    return found.phone
