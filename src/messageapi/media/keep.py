"""Write down that an account has a file. Until then it is nobody's, and the sweep takes it."""

from collections.abc import Awaitable, Callable

from messageapi.media import errors, rows
from messageapi.media.file import File, seal
from messageapi.media.find import Row
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors

KEPT_MS = 24 * 3_600_000


Along = Callable[[Tx, Row], Awaitable[None]]
"""What else belongs into the transaction; whatever it raises, the file is not kept."""


async def keep(doors: Doors, caller: Caller, file: File, *, once: bool, along: Along | None = None) -> Row:
    """`once`: it goes with the message that brought it. Raise Problem media_quota_exceeded."""
    sealer = await doors.keyring.sealer(caller.account_id)
    media_id, now = new_id("med"), doors.clock()
    row = Row(
        id=media_id,
        name=file.stored.name,
        sealed=seal(sealer, media_id, file),
        mime=file.mime[:100],
        size=file.stored.size,
        created_at=now,
        expires_at=now + KEPT_MS,
    )
    most = doors.settings.media_account_bytes

    async def work(tx: Tx) -> None:
        if await rows.kept_bytes(tx, caller) + row.size > most:
            raise errors.quota()
        await rows.insert(tx, caller, {**{name: getattr(row, name) for name in Row.__struct_fields__}, "once": once})
        if along:
            await along(tx, row)

    await doors.db.writer.run(work)
    return row
