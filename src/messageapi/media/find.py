"""Reading an account's files."""

import msgspec

from messageapi.media import errors
from messageapi.store.tables import media
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


class Row(msgspec.Struct, frozen=True):
    """As it is stored."""

    id: str
    name: str
    sealed: bytes
    mime: str
    size: int
    created_at: int
    expires_at: int


_COLUMNS = [media.c[name] for name in Row.__struct_fields__]


async def one(tx: Tx, caller: Caller, media_id: str, now: int) -> Row:
    """An upload. Raise Problem media_not_found, for another account's and for what a message brought as well."""
    mine = tx.of(caller).select(media, *_COLUMNS)
    row = await tx.row(mine.where(media.c.id == media_id, media.c.once.is_(False), media.c.expires_at > now))
    if row is None:
        raise errors.not_found()
    return Row(*row)
