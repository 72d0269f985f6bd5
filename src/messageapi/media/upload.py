"""Take an upload in: a file of the account that messages can name by its id."""

import contextlib
from collections.abc import AsyncIterator

from messageapi.blobs.port import BlobError
from messageapi.errors import DoorError, Problem
from messageapi.media import kinds
from messageapi.media.file import File
from messageapi.media.find import Row
from messageapi.media.intake import Told, take_in
from messageapi.media.keep import keep
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def upload(doors: Doors, caller: Caller, chunks: AsyncIterator[bytes], told: Told) -> tuple[Row, File]:
    """Raise Problem. What is refused leaves nothing behind."""
    most = kinds.most_bytes(doors.settings, None)
    file = await take_in(doors, chunks, told, most, lambda mime, claimed: kinds.refusal(None, mime, claimed))
    async with dropped_on_failure(doors, [file.stored.name]):
        return await keep(doors, caller, file, once=False), file


@contextlib.asynccontextmanager
async def dropped_on_failure(doors: Doors, names: list[str]) -> AsyncIterator[None]:
    """`names` may grow meanwhile."""
    try:
        yield
    except (Problem, DoorError):
        with contextlib.suppress(BlobError):  # then the sweep finds them
            await doors.blobs.drop(names)
        raise
