"""Get the file of a received message into the blob door: once, however many ask for it at a time."""

import asyncio
import contextlib

import msgspec

from messageapi.blobs.port import BlobError, Stored
from messageapi.engines.contract import download_s
from messageapi.engines.port import Download, Downloaded, Refused
from messageapi.errors import DoorError, Problem
from messageapi.media.file import File
from messageapi.media.find import Row
from messageapi.media.hold import hold
from messageapi.media.keep import keep
from messageapi.media.sniff import HEAD, UNKNOWN, sniff
from messageapi.messages.content.bodies import opened_body, sealed_body
from messageapi.messages.inbound_media import errors, rows
from messageapi.messages.inbound_media.file import file_of, filename, with_file
from messageapi.messages.inbound_media.find import Brought, brought
from messageapi.numbers.asking.ask import put
from messageapi.store.db import Tx
from messageapi.store.vault import Sealer
from messageapi.vocab.caller import Caller
from messageapi.vocab.content import Media
from messageapi.web.doors import Doors

_ANSWER_S = 5.0
"""For the way there and back, beside what the fetching itself may take."""


class _ThereAlready(Exception):
    """Another process was faster."""


async def obtained(doors: Doors, caller: Caller, message_id: str, within_s: float) -> Brought:
    """The file, in the blob door. Raise Problem; file_being_fetched when it takes longer, and then it goes on."""
    found = await brought(doors, caller, message_id)
    if found.media.name:
        return found
    most = doors.settings.media_document_bytes
    if found.media.size > most:
        raise errors.too_large(found.media.size, most)
    task = doors.fetching.get(message_id)
    if task is None:
        task = doors.fetching[message_id] = asyncio.create_task(_fetched(doors, caller, found), name="fetch")
        task.add_done_callback(lambda ended: _ended(doors, message_id, ended))
    try:
        await asyncio.wait_for(asyncio.shield(task), within_s)
    except TimeoutError:
        raise errors.being_fetched() from None
    return await brought(doors, caller, message_id)


def _ended(doors: Doors, message_id: str, task: asyncio.Task[None]) -> None:
    doors.fetching.pop(message_id, None)
    if not task.cancelled():
        task.exception()  # whoever waits is told; perhaps nobody does any more


async def _fetched(doors: Doors, caller: Caller, found: Brought) -> None:
    deadline_s = download_s(found.media.size) + _ANSWER_S
    answer = await put(
        doors, caller, found.number_id, lambda epoch: Download(found.number_id, epoch, found.media), deadline_s
    )
    if isinstance(answer, Refused):
        raise errors.refused(answer.code)
    if not isinstance(answer, Downloaded):
        raise errors.not_fetched()
    try:
        await _kept(doors, caller, found, answer.media)
    except (Problem, DoorError, _ThereAlready) as problem:
        with contextlib.suppress(BlobError):  # then the sweep finds it
            await doors.blobs.drop([answer.media.name])
        if not isinstance(problem, _ThereAlready):
            raise


async def _kept(doors: Doors, caller: Caller, found: Brought, media: Media) -> None:
    """Written down as the message's, in its body and beside it."""
    sealer = await doors.keyring.sealer(caller.account_id)
    media = msgspec.structs.replace(media, mime=await _type(doors, media))
    stored = Stored(media.name, media.key, media.sha256, media.size)

    async def bound(tx: Tx, row: Row) -> None:
        await hold(tx, caller, found.message_id, [row.name])
        await _note(tx, caller, sealer, found.message_id, media)

    name = filename(found.letter, media.mime)
    try:
        await keep(doors, caller, File(stored, media.mime, name), once=True, along=bound)
    except _Expired:
        raise errors.expired(doors.settings.body_hours) from None


async def forget(doors: Doors, caller: Caller, message_id: str, name: str) -> None:
    """It is not in the blob door any more: the next who asks has it fetched again."""
    sealer = await doors.keyring.sealer(caller.account_id)

    async def work(tx: Tx) -> None:
        body = await rows.body(tx, caller, message_id)
        letter = opened_body(sealer, message_id, body.sealed) if body else None
        media = file_of(letter)
        if letter and media and media.name == name:
            away = msgspec.structs.replace(media, name="", key=b"")
            await rows.replace_body(tx, caller, message_id, sealed_body(sealer, message_id, with_file(letter, away)))

    await doors.db.writer.run(work)


class _Expired(Exception):
    """The body went while its file came."""


async def _note(tx: Tx, caller: Caller, sealer: Sealer, message_id: str, media: Media) -> None:
    """The body is read again: an edit may have changed it meanwhile."""
    body = await rows.body(tx, caller, message_id)
    if body is None:
        raise _Expired
    letter = opened_body(sealer, message_id, body.sealed)
    lies = file_of(letter)
    if lies is None or lies.name:
        raise _ThereAlready
    await rows.replace_body(tx, caller, message_id, sealed_body(sealer, message_id, with_file(letter, media)))


async def _type(doors: Doors, media: Media) -> str:
    """From the content; what the sender says counts among texts, and where nothing else tells."""
    head = await anext(doors.blobs.get(media.name, media.key), b"")  # a frame at least, or all there is
    found = sniff(head[:HEAD], media.mime)
    return media.mime if found == UNKNOWN and _harmless(media.mime) else found


def _harmless(mime: str) -> bool:
    """Sounds, videos and pictures of kinds we do not know by their first bytes."""
    kind, _, name = mime.partition("/")
    return kind in {"audio", "video", "image"} and name.replace("-", "").replace(".", "").isalnum() and len(mime) <= 60
