"""HTTP for files: upload, read what is known of one, delete."""

from collections.abc import AsyncIterator

from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.exceptions import InternalServerException
from litestar.status_codes import HTTP_201_CREATED

from messageapi.errors import Problem
from messageapi.media import errors, find, kinds
from messageapi.media.drop import drop
from messageapi.media.file import unseal
from messageapi.media.form import AROUND, FormFile
from messageapi.media.schemas import MediaView, view
from messageapi.media.upload import Form, upload, upload_once
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.web.replay import respond
from messageapi.web.visit import Repeat

TAGS = ["Media"]


@post(
    "/api/v1/media",
    opt={
        "permission": "messages:send",
        "idempotent": True,
        "upload": "file",
        "problems": (404, 408, 409, 413, 415, 422),
    },
    request_max_body_size=None,  # counted while it is read, against a limit of its own
    status_code=HTTP_201_CREATED,
    operation_id="uploadMedia",
    summary="Upload a file",
    tags=TAGS,
)
async def post_media(
    request: Request[None, None, State], doors: Doors, caller: Caller, repeat: Repeat
) -> Response[MediaView]:
    """As multipart/form-data, in a part named `file`. Kept sealed for 24 hours, and longer while a message needs it."""
    most = kinds.most_bytes(doors.settings, None)
    if (_announced(request) or 0) > most + AROUND:
        raise errors.too_large(most)
    form = FormFile(_body(request), request.headers.get("content-type", ""), most)
    coming = Form(await form.told(), form.chunks())
    if repeat.key is None:
        return Response(await upload(doors, caller, coming), status_code=HTTP_201_CREATED)
    return respond(await upload_once(doors, caller, coming, repeat.key))


@get(
    "/api/v1/media/{media_id:str}",
    opt={"permission": "messages:read"},
    operation_id="readMedia",
    summary="Read what is known of a file",
    tags=TAGS,
)
async def get_media(doors: Doors, caller: Caller, media_id: str) -> MediaView:
    """Its type, size and digest. The content itself is only for messages."""
    async with doors.db.reading() as tx:
        row = await find.one(tx, caller, media_id, doors.clock())
    return view(row, unseal(await doors.keyring.sealer(caller.account_id), row))


@delete(
    "/api/v1/media/{media_id:str}",
    opt={"permission": "messages:send"},
    operation_id="deleteMedia",
    summary="Delete a file",
    tags=TAGS,
)
async def delete_media(doors: Doors, caller: Caller, media_id: str) -> None:
    """Gone at once. Refused while a message that names it is not at its end."""
    await drop(doors, caller, media_id)


def _announced(request: Request[None, None, State]) -> int | None:
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else None


async def _body(request: Request[None, None, State]) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except InternalServerException:
        raise Problem("body_incomplete", 400, "The connection ended before the body was complete.") from None


routes = [post_media, get_media, delete_media]
