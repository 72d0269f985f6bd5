"""One person, one chat: whoever is written to under another form of their number, or under their hidden identity (LID),
gets the address that WhatsApp itself uses, where it is known.
"""

from messageapi.contacts import memory
from messageapi.contacts.lookup import known
from messageapi.contacts.person import PEOPLE
from messageapi.vocab.phone import Recipient
from messageapi.vocab.twins import twin
from messageapi.web.doors import Doors


async def canonical(doors: Doors, account_id: str, to: Recipient) -> Recipient:
    """Costs a look into memory for a number that has one form, and a read for others at most."""
    if not to.jid.endswith(PEOPLE):
        return to
    found = memory.get(account_id, to.jid)
    if found is None and (to.phone is None or twin(to.phone)):
        found = (await known(doors, account_id, [to.jid])).get(to.jid)
    if found is None or not found.on_whatsapp:
        return to
    return Recipient(found.jid or to.jid, found.phone or to.phone, found.lid or to.lid)
