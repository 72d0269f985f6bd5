"""Tell an account something: each of its owners, in their language; at the address it was opened with while nobody has
a login.
"""

from messageapi.accounts.contact import contact
from messageapi.notices import rows
from messageapi.notices.enqueue import enqueue
from messageapi.notices.facts import Facts, Recipient
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors


async def tell_account(tx: Tx, doors: Doors, account_id: str, facts: Facts) -> int:
    """How many are told."""
    told = 0
    for to in await _recipients(tx, account_id):
        told += await enqueue(tx, doors, to, facts) is not None
    return told


async def _recipients(tx: Tx, account_id: str) -> list[Recipient]:
    owners = await rows.owners(tx, account_id)
    if owners:
        return [
            Recipient(email=owner.email, name=owner.name, language=owner.language, account_id=account_id)
            for owner in owners
        ]
    found = await contact(tx, account_id)
    return [Recipient(email=found[1], name=found[0], account_id=account_id)] if found else []
