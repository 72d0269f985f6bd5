"""Whoever has a link may read one file of one account, and nothing else."""

from messageapi.errors import Problem
from messageapi.messages.inbound_media import errors, rows
from messageapi.messages.inbound_media.link import opens
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def open_link(doors: Doors, message_id: str, signature: str) -> Caller:
    """Raise Problem link_not_found."""
    account_id = await doors.db.read(lambda tx: rows.owner(tx, message_id))
    if account_id is None:
        raise errors.link_dead()
    try:
        sealer = await doors.keyring.sealer(account_id)
    except Problem:  # the account is about to go
        raise errors.link_dead() from None
    if not opens(sealer, message_id, signature, doors.clock()):
        raise errors.link_dead()
    return Caller(account_id, None, frozenset({"messages:read"}))
