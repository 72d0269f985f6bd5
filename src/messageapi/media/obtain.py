"""Get the file that a source names into the blob door."""

import base64
import binascii
import re
from collections.abc import AsyncIterator, Callable

from messageapi.errors import Problem
from messageapi.media import errors, find, kinds
from messageapi.media.file import File, unseal
from messageapi.media.intake import Told, take_in
from messageapi.media.source import Kind, Source
from messageapi.outside.errors import OutsideError
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

_DATA_URL = re.compile(r"data:(?P<mime>[a-zA-Z0-9.+/-]{0,100})(?:;[a-zA-Z0-9=.+-]{1,60})*;base64,")
_BLANKS = str.maketrans("", "", " \t\r\n")


async def obtain(doors: Doors, caller: Caller, kind: Kind, source: Source) -> File:
    """Raise Problem. What came by URL or base64 is not written down yet."""
    if source.media_id:
        return await _uploaded(doors, caller, kind, source.media_id)
    if source.url:
        return await _fetched(doors, kind, source)
    return await _given(doors, kind, source)


async def _uploaded(doors: Doors, caller: Caller, kind: Kind, media_id: str) -> File:
    async with doors.db.reading() as tx:
        row = await find.one(tx, caller, media_id, doors.clock())
    if row.size > kinds.most_bytes(doors.settings, kind):
        raise errors.too_large(kinds.most_bytes(doors.settings, kind))
    if problem := kinds.refusal(kind, row.mime, ""):
        raise problem
    return unseal(await doors.keyring.sealer(caller.account_id), row)


async def _fetched(doors: Doors, kind: Kind, source: Source) -> File:
    most = kinds.most_bytes(doors.settings, kind)
    try:
        async with doors.outside.fetch(source.url, limit_bytes=most, deadline_s=doors.settings.fetch_seconds) as answer:
            told = Told(answer.mime, source.filename or answer.filename)
            return await take_in(doors, aiter(answer), told, most, _judge(kind))
    except OutsideError as failure:
        raise errors.unfetched(failure, most) from None


async def _given(doors: Doors, kind: Kind, source: Source) -> File:
    text, claimed = source.base64, ""
    if prefix := _DATA_URL.match(text):
        text, claimed = text[prefix.end() :], prefix["mime"]
    told = Told(claimed, source.filename)
    plain = _decoded(text, doors.settings.media_inline_bytes)
    return await take_in(doors, _once(plain), told, kinds.most_bytes(doors.settings, kind), _judge(kind))


def _decoded(text: str, most: int) -> bytes:
    try:
        plain = base64.b64decode(text.translate(_BLANKS), validate=True)
    except (binascii.Error, ValueError):
        raise errors.base64_invalid() from None
    if len(plain) > most:
        raise errors.inline_too_large(most)
    return plain


def _judge(kind: Kind) -> Callable[[str, str], Problem | None]:
    return lambda mime, claimed: kinds.refusal(kind, mime, claimed)


async def _once(chunk: bytes) -> AsyncIterator[bytes]:
    yield chunk
