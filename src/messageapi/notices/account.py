"""Tell an account something, at the address it was opened with."""

from messageapi.accounts.contact import contact
from messageapi.notices.enqueue import enqueue
from messageapi.notices.facts import Facts, Recipient
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors


async def tell_account(tx: Tx, doors: Doors, account_id: str, facts: Facts) -> str | None:
    """As `enqueue`; None as well when there is no such account."""
    found = await contact(tx, account_id)
    if found is None:
        return None
    name, email = found
    return await enqueue(tx, doors, Recipient(email=email, name=name, account_id=account_id), facts)
