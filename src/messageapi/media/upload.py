"""Take an upload in: a file of the account that messages can name by its id."""

import contextlib
import hashlib
from collections.abc import AsyncIterator

import msgspec

from messageapi.blobs.port import BlobError
from messageapi.errors import DoorError, Problem
from messageapi.idempotency.once import Asked, Claim, Kept, Once, claim, outcome, standing, the_request
from messageapi.media import kinds
from messageapi.media.file import File
from messageapi.media.find import Row
from messageapi.media.intake import Told, take_in
from messageapi.media.keep import keep
from messageapi.media.schemas import MediaView, view
from messageapi.store.tx import Tx
from messageapi.store.vault import Sealer
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.web.replay import Replay

_ROUTE = "POST /api/v1/media"
_ABOUT = "answer:media"


class Form(msgspec.Struct, frozen=True):
    """One file as it comes."""

    told: Told
    chunks: AsyncIterator[bytes]


async def upload(doors: Doors, caller: Caller, form: Form) -> MediaView:
    """Raise Problem. What is refused leaves nothing behind."""
    file = await _taken_in(doors, form)
    async with dropped_on_failure(doors, [file.stored.name]):
        return view(await keep(doors, caller, file, once=False), file)


async def upload_once(doors: Doors, caller: Caller, form: Form, key: str) -> Kept:
    """Raise Replay when this file came with the key before. That is known when it has been read to its end."""
    async with standing(doors, caller, Asked(_ROUTE, key)) as found:
        try:
            if found:
                raise outcome(await _once(doors, caller, form, key, await _digest(form.chunks)), found)
            return await _uploaded(doors, caller, form, key)
        except Replay as first:
            sealer = await doors.keyring.sealer(caller.account_id)
            raise Replay(msgspec.structs.replace(first.kept, body=sealer.open(first.kept.body, _ABOUT))) from None


async def _uploaded(doors: Doors, caller: Caller, form: Form, key: str) -> Kept:
    file = await _taken_in(doors, form)
    sealer = await doors.keyring.sealer(caller.account_id)
    once = await _once(doors, caller, form, key, file.stored.sha256)

    async def claimed(tx: Tx, row: Row) -> None:
        late = await claim(tx, [Claim(once, _sealed(sealer, _answer(row, file)))], doors.clock())
        if late:
            raise outcome(once, late[0])

    async with dropped_on_failure(doors, [file.stored.name]):
        return _answer(await keep(doors, caller, file, once=False, along=claimed), file)


async def _once(doors: Doors, caller: Caller, form: Form, key: str, sha256: bytes) -> Once:
    return await the_request(doors, caller, Asked(_ROUTE, key, (form.told, sha256.hex())))


async def _taken_in(doors: Doors, form: Form) -> File:
    most = kinds.most_bytes(doors.settings, None)
    return await take_in(doors, form.chunks, form.told, most, lambda mime, claimed: kinds.refusal(None, mime, claimed))


async def _digest(chunks: AsyncIterator[bytes]) -> bytes:
    digest = hashlib.sha256()
    async for chunk in chunks:
        digest.update(chunk)
    return digest.digest()


def _answer(row: Row, file: File) -> Kept:
    return Kept(201, "application/json", msgspec.json.encode(view(row, file)))


def _sealed(sealer: Sealer, kept: Kept) -> Kept:
    """It has the file's name and digest in it, which lie nowhere open."""
    return msgspec.structs.replace(kept, body=sealer.seal(kept.body, _ABOUT))


@contextlib.asynccontextmanager
async def dropped_on_failure(doors: Doors, names: list[str]) -> AsyncIterator[None]:
    """`names` may grow meanwhile."""
    try:
        yield
    except (Problem, DoorError, Replay):
        with contextlib.suppress(BlobError):  # then the sweep finds them
            await doors.blobs.drop(names)
        raise
