"""Where an account is reached."""

from messageapi.accounts import rows
from messageapi.store.tx import Tx


async def contact(tx: Tx, account_id: str) -> tuple[str, str] | None:
    """Name and email; None when there is no such account."""
    return await rows.contact(tx, account_id)
