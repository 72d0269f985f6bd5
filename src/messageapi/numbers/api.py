"""HTTP for numbers: create, list, read, edit, link, unlink, restart, stop, pause, resume, delete."""

from typing import Annotated

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from messageapi.numbers import find, rows
from messageapi.numbers.backlog import Backlog
from messageapi.numbers.create import create
from messageapi.numbers.edit import edit
from messageapi.numbers.linking import qr
from messageapi.numbers.linking.link import link
from messageapi.numbers.linking.unlink import unlink
from messageapi.numbers.number import Number
from messageapi.numbers.pause import pause, resume
from messageapi.numbers.remove import remove
from messageapi.numbers.restart import restart
from messageapi.numbers.schemas import (
    LinkRequest,
    NewNumber,
    NumberEdit,
    NumberView,
    PairingView,
    UnlinkView,
    pairing_view,
    unlink_view,
    view,
)
from messageapi.numbers.stop import stop
from messageapi.numbers.transition import overtaken
from messageapi.pacing.find import paces
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web import paging
from messageapi.web.doors import Doors
from messageapi.web.paging import Page

LISTING = "numbers"
READ = {"permission": "numbers:read"}
MANAGE = {"permission": "numbers:manage"}
NO_STORE = {"Cache-Control": "no-store"}
TAGS = ["Numbers"]


@post("/api/v1/numbers", opt=MANAGE, operation_id="createNumber", summary="Create a number", tags=TAGS)
async def post_number(doors: Doors, caller: Caller, data: NewNumber) -> NumberView:
    """A place for a WhatsApp number. Link it next. The account's first number becomes its default."""
    return await _shown(doors, caller, await create(doors, caller, name=data.name, network=data.network))


@get("/api/v1/numbers", opt=READ, operation_id="listNumbers", summary="List numbers", tags=TAGS)
async def list_numbers(
    doors: Doors, caller: Caller, limit: paging.Limit = paging.DEFAULT, cursor: str | None = None
) -> Page[NumberView]:
    """Oldest first, with the state of each."""
    sealer = await doors.keyring.sealer(caller.account_id)
    after = paging.position(sealer, LISTING, cursor) if cursor else None
    async with doors.db.reading() as tx:
        found = await find.page(tx, caller, after, limit + 1)
        ids = [number.id for number in found]
        known, waiting, now = await paces(tx, caller, ids), await rows.backlogs(tx, ids), doors.clock()
    views = [(each.id, view(each, known[each.id], waiting.get(each.id, Backlog()), now)) for each in found]
    return paging.page(sealer, LISTING, views, limit)


@get("/api/v1/numbers/{number_id:str}", opt=READ, operation_id="readNumber", summary="Read a number", tags=TAGS)
async def read_number(doors: Doors, caller: Caller, number_id: str) -> NumberView:
    """Its state, why it is in it, and since when; its pace, and when its next message may go."""
    async with doors.db.reading() as tx:
        return await _seen(doors, tx, caller, await find.one(tx, caller, number_id))


@patch("/api/v1/numbers/{number_id:str}", opt=MANAGE, operation_id="editNumber", summary="Edit a number", tags=TAGS)
async def patch_number(doors: Doors, caller: Caller, number_id: str, data: NumberEdit) -> NumberView:
    """Rename it, make it the default, set its pace and whether it shows typing."""
    return await _shown(doors, caller, await edit(doors, caller, number_id, data))


@post(
    "/api/v1/numbers/{number_id:str}/link",
    opt=MANAGE,
    status_code=202,
    operation_id="linkNumber",
    summary="Link a number",
    tags=TAGS,
)
async def post_link(doors: Doors, caller: Caller, number_id: str, data: LinkRequest) -> NumberView:
    """Begins linking; read the QR code or the code to type in from `/qr`. Doing it again starts anew."""
    return await _shown(doors, caller, await link(doors, caller, number_id, data.method, data.phone))


@get(
    "/api/v1/numbers/{number_id:str}/qr",
    opt={**MANAGE, "problems": (409,), "also_as": tuple(sorted(set(qr.MEDIA_TYPES.values()) - {"application/json"}))},
    operation_id="readQr",
    summary="Show the QR code",
    tags=TAGS,
    responses={200: ResponseSpec(PairingView, description="The newest code; a picture or text for the other formats.")},
)
async def read_qr(
    doors: Doors,
    caller: Caller,
    number_id: str,
    how: Annotated[
        qr.Format, QueryParameter(name="format", description="json, svg, png, or txt for a terminal.")
    ] = "json",
) -> Response[bytes]:
    """It changes every 20 to 60 seconds: ask again when it has expired. 404 `qr_not_ready` until the first is there."""
    event = await qr.newest(doors, caller, number_id)
    body = msgspec.json.encode(pairing_view(event)) if how == "json" else qr.drawn(event, how)
    return Response(body, headers=NO_STORE, media_type=qr.MEDIA_TYPES[how])


@post(
    "/api/v1/numbers/{number_id:str}/unlink",
    opt=MANAGE,
    status_code=200,
    operation_id="unlinkNumber",
    summary="Unlink a number",
    tags=TAGS,
)
async def post_unlink(doors: Doors, caller: Caller, number_id: str) -> UnlinkView:
    """Logs the linked device out and forgets its credentials; messages that wait end `failed`. Also ends a linking."""
    done = await unlink(doors, caller, number_id)
    return unlink_view(await _shown(doors, caller, done.number), at_whatsapp=done.at_whatsapp)


@post(
    "/api/v1/numbers/{number_id:str}/restart",
    opt=MANAGE,
    status_code=202,
    operation_id="restartNumber",
    summary="Restart a number",
    tags=TAGS,
)
async def post_restart(doors: Doors, caller: Caller, number_id: str) -> NumberView:
    """Opens its connection anew; after a stop as well, and after another program took it over."""
    return await _shown(doors, caller, await restart(doors, caller, number_id))


@post(
    "/api/v1/numbers/{number_id:str}/stop",
    opt=MANAGE,
    status_code=200,
    operation_id="stopNumber",
    summary="Stop a number",
    tags=TAGS,
)
async def post_stop(doors: Doors, caller: Caller, number_id: str) -> NumberView:
    """Closes its connection and keeps its credentials. Messages wait until it is restarted."""
    return await _shown(doors, caller, await stop(doors, caller, number_id))


@post(
    "/api/v1/numbers/{number_id:str}/pause",
    opt=MANAGE,
    status_code=200,
    operation_id="pauseNumber",
    summary="Pause a number's sending",
    tags=TAGS,
)
async def post_pause(doors: Doors, caller: Caller, number_id: str) -> NumberView:
    """It stays connected and receives. Messages are accepted and wait; what was handed over already still goes."""
    return await _shown(doors, caller, await pause(doors, caller, number_id))


@post(
    "/api/v1/numbers/{number_id:str}/resume",
    opt=MANAGE,
    status_code=200,
    operation_id="resumeNumber",
    summary="Resume a number's sending",
    tags=TAGS,
)
async def post_resume(doors: Doors, caller: Caller, number_id: str) -> NumberView:
    """What waits is sent, in order."""
    return await _shown(doors, caller, await resume(doors, caller, number_id))


@delete(
    "/api/v1/numbers/{number_id:str}", opt=MANAGE, operation_id="deleteNumber", summary="Delete a number", tags=TAGS
)
async def delete_number(doors: Doors, caller: Caller, number_id: str) -> None:
    """Unlinks it first, then removes it with all its messages."""
    await remove(doors, caller, number_id)


async def _shown(doors: Doors, caller: Caller, number: Number) -> NumberView:
    async with doors.db.reading() as tx:
        return await _seen(doors, tx, caller, number)


async def _seen(doors: Doors, tx: Tx, caller: Caller, number: Number) -> NumberView:
    pace = (await paces(tx, caller, [number.id])).get(number.id)
    if pace is None:
        raise overtaken()  # deleted a moment ago
    waiting = await rows.backlogs(tx, [number.id])
    return view(number, pace, waiting.get(number.id, Backlog()), doors.clock())


routes = [
    post_number,
    list_numbers,
    read_number,
    patch_number,
    post_link,
    read_qr,
    post_unlink,
    post_restart,
    post_stop,
    post_pause,
    post_resume,
    delete_number,
]
