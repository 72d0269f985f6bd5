"""Make a file part of a message: fetch it, find its type, make it what WhatsApp wants for this kind."""

from collections.abc import AsyncIterator

import msgspec

from messageapi.blobs.port import BlobError
from messageapi.media import errors, kinds
from messageapi.media.file import File
from messageapi.media.filename import named
from messageapi.media.keep import keep
from messageapi.media.obtain import obtain
from messageapi.media.source import Attached, Kind, Source
from messageapi.media.upload import dropped_on_failure
from messageapi.media.work import work
from messageapi.media.workshop.made import Made
from messageapi.vocab.caller import Caller
from messageapi.vocab.content import Audio, Document, Image, Sticker, Video, Voice
from messageapi.web.doors import Doors


async def attach(doors: Doors, caller: Caller, kind: Kind, source: Source) -> Attached:
    """Raise Problem (codes media_...) when it cannot be had or is not of this kind. Takes as long as the fetching does.

    What it returns is kept for 24 h. Call `hold` in the transaction that accepts the message to keep it longer.
    """
    file = await obtain(doors, caller, kind, source)
    file = msgspec.structs.replace(file, mime=kinds.shown_as(kind, file.mime))
    fresh = [] if source.media_id else [file.stored.name]
    async with dropped_on_failure(doors, fresh):
        made = await work(doors, kinds.JOBS[kind], file.mime, _plain(doors, file)) if kind in kinds.JOBS else Made()
        fit = await _fit(doors, file, made)
        if fit.stored.name != file.stored.name:
            fresh.append(fit.stored.name)
        if fresh:
            await keep(doors, caller, fit, once=True)
    if fresh[1:]:
        await doors.blobs.drop(fresh[:1])  # what was fetched, now that what was made of it is there
    return _content(kind, fit, made, source.filename)


async def _plain(doors: Doors, file: File) -> AsyncIterator[bytes]:
    try:
        async for chunk in doors.blobs.get(file.stored.name, file.stored.key):
            yield chunk
    except BlobError as failure:
        raise (errors.not_found() if failure.code == "not_found" else failure) from None


async def _fit(doors: Doors, file: File, made: Made) -> File:
    """The file itself, or what the workshop made of it."""
    if not made.data:
        return file

    async def whole() -> AsyncIterator[bytes]:
        yield made.data

    try:
        return File(await doors.blobs.put(whole()), made.mime, file.filename)
    except BlobError as failure:
        raise errors.unstored(failure) from None


def _content(kind: Kind, file: File, made: Made, filename: str) -> Attached:
    media = file.media()
    if kind == "image":
        return Image(media=media, width=made.width, height=made.height, thumbnail=made.thumbnail)
    if kind == "video":
        return Video(media=media, seconds=made.seconds, width=made.width, height=made.height, thumbnail=made.thumbnail)
    if kind == "audio":
        return Audio(media=media, seconds=made.seconds)
    if kind == "voice":
        return Voice(media=media, seconds=made.seconds, waveform=made.waveform)
    if kind == "sticker":
        return Sticker(media=media, animated=made.animated)
    return Document(media=media, filename=named(filename, file.filename, file.mime))
