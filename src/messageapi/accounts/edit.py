"""Change what an account is called and where its mail goes."""

from messageapi.accounts import rows
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


async def follow_email(tx: Tx, caller: Caller, *, old: str, new: str) -> None:
    """The owner has another address: the account's mail goes there too, if it went to the old one."""
    await rows.follow_email(tx, caller, old, new)
