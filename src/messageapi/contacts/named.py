"""Who stands behind addresses that a message names, as each account knows them itself."""

from collections.abc import Collection

from messageapi.contacts import memory, rows
from messageapi.contacts.person import Contact
from messageapi.store.db import Tx

Named = tuple[str, str]
"""Account and address."""


async def people(tx: Tx, wanted: Collection[Named]) -> dict[str, dict[str, Contact]]:
    """By account, by address. What one account has learned is not told to another."""
    found: dict[str, dict[str, Contact]] = {}
    missing: dict[str, set[str]] = {}
    for account_id, address in wanted:
        known = memory.get(account_id, address)
        if known is None:
            missing.setdefault(account_id, set()).add(address)
        else:
            found.setdefault(account_id, {})[address] = known
    for account_id, addresses in missing.items():
        kept = await rows.known(tx, [account_id], sorted(addresses))
        found.setdefault(account_id, {}).update({each.address: each for each in kept})
    return found
