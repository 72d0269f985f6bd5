"""Which keys still open anything: asked for those whose holders stay connected."""

from collections.abc import Collection

from messageapi.keys import rows
from messageapi.store.tx import Tx

AT_ONCE = 1_000


async def usable(tx: Tx, key_ids: Collection[str], now: int) -> frozenset[str]:
    """Of these, the ones that are neither revoked nor expired."""
    ids = sorted(key_ids)
    found = [await rows.usable(tx, ids[start : start + AT_ONCE], now) for start in range(0, len(ids), AT_ONCE)]
    return frozenset().union(*found)
