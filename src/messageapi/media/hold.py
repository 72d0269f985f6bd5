"""Keep files while a message needs them. Both are called inside the transaction that changes the message."""

from collections.abc import Sequence

from messageapi.media import errors, rows
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller

GRACE_MS = 60_000
"""Of a file that came with one request for several messages, the first may end before the last is accepted."""


async def hold(tx: Tx, caller: Caller, message_id: str, names: Sequence[str]) -> None:
    """The accepted message needs these blobs (`Media.name`). Raise Problem media_not_found when one is gone."""
    wanted = list(dict.fromkeys(names))
    if await rows.hold(tx, caller, message_id, wanted) != len(wanted):
        raise errors.not_found()


async def released(tx: Tx, message_ids: Sequence[str], now: int) -> None:
    """These messages have reached a terminal state, whatever they held. What no other message needs is deleted soon;
    an upload that was referred to by its id stays until its 24 h are over. Calling it twice changes nothing.
    """
    if message_ids:
        await rows.release(tx, message_ids, now + GRACE_MS)
