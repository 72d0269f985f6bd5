"""Keep files while a message needs them."""

from collections.abc import Sequence

from messageapi.media import errors, rows
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


async def hold(tx: Tx, caller: Caller, message_id: str, names: Sequence[str]) -> None:
    """In the transaction that accepts the message: it needs these blobs (`Media.name`) for as long as it has a body.

    Nobody has to let go of them: with the body, the need is over. Raise Problem media_not_found when one is gone.
    """
    wanted = list(dict.fromkeys(names))
    if await rows.hold(tx, caller, message_id, wanted) != len(wanted):
        raise errors.not_found()
