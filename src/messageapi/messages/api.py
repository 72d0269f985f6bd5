"""HTTP for messages: send, list, read, cancel."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import get, post
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from messageapi.messages import errors, find
from messageapi.messages.cancel import cancel
from messageapi.messages.find import Wanted
from messageapi.messages.schemas import Direction, MessageView, SendAnswer, SendRequest, send_answer
from messageapi.messages.send import NewMessage, send
from messageapi.messages.states import Status
from messageapi.vocab.caller import Caller
from messageapi.vocab.phone import RecipientError, recipient
from messageapi.web import paging
from messageapi.web.doors import Doors
from messageapi.web.paging import Page

LISTING = "messages"
TAGS = ["Messages"]
NOT_YET = frozenset(
    {"url", "mediaId", "image", "document", "caption", "replyTo", "mentions", "sendAt", "expiresAt", "priority"}
)


def _about(text: str) -> object:
    return QueryParameter(description=text)


@post(
    "/api/v1/messages",
    opt={"permission": "messages:send", "not_yet": NOT_YET},
    status_code=HTTP_202_ACCEPTED,
    operation_id="sendMessage",
    summary="Send a message",
    tags=TAGS,
)
async def post_message(doors: Doors, caller: Caller, data: SendRequest) -> SendAnswer:
    """Stored durably before the answer. It is sent in order as soon as its number is connected; follow it by its id."""
    if data.type != "text":
        raise errors.type_not_yet_supported()
    custom = msgspec.json.encode(data.metadata).decode() if data.metadata else None
    return send_answer(await send(doors, caller, NewMessage(data.to, data.text, data.from_, custom)))


@get(
    "/api/v1/messages",
    opt={"permission": "messages:read"},
    operation_id="listMessages",
    summary="List messages",
    tags=TAGS,
)
async def list_messages(  # noqa: PLR0917 - one for each filter
    doors: Doors,
    caller: Caller,
    number: Annotated[str | None, _about("Id of one of your numbers.")] = None,
    recipient_: Annotated[
        str | None, QueryParameter(name="recipient", description="A phone number or WhatsApp address.")
    ] = None,
    status: Status | None = None,
    type_: Annotated[str | None, QueryParameter(name="type", description="text, image, ...")] = None,
    direction: Direction | None = None,
    since: Annotated[datetime | None, _about("Accepted at this time or later.")] = None,
    until: Annotated[datetime | None, _about("Accepted before this time.")] = None,
    order: Annotated[Literal["desc", "asc"], _about("`desc`: newest first.")] = "desc",
    limit: paging.Limit = paging.DEFAULT,
    cursor: str | None = None,
) -> Page[MessageView]:
    """Sent and received messages without their texts, except received ones that have not expired yet."""
    sealer = await doors.keyring.sealer(caller.account_id)
    after = int(paging.position(sealer, LISTING, cursor)) if cursor else None
    wanted = Wanted(
        number=number,
        chat=_chat(recipient_) if recipient_ else None,
        status=status,
        type=type_,
        direction=direction,
        since=_ms(since),
        until=_ms(until),
        oldest_first=order == "asc",
    )
    return paging.page(sealer, LISTING, await find.page(doors, caller, wanted, after=after, limit=limit + 1), limit)


@post(
    "/api/v1/messages/{message_id:str}/cancel",
    opt={"permission": "messages:send"},
    status_code=HTTP_200_OK,
    operation_id="cancelMessage",
    summary="Cancel a message",
    tags=TAGS,
)
async def cancel_message(doors: Doors, caller: Caller, message_id: str) -> MessageView:
    """Only while it still waits (`scheduled` or `accepted`)."""
    return await cancel(doors, caller, message_id)


def _chat(text: str) -> str:
    try:
        return recipient(text).jid
    except RecipientError as error:
        raise errors.recipient_problem(error) from None


def _ms(at: datetime | None) -> int | None:
    return int(at.timestamp() * 1000) if at else None


routes = [post_message, list_messages, cancel_message]
"""Reading one message is in compat: the reference answers on the same path."""
