"""HTTP for messages: send, list, edit, revoke, cancel."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from litestar import Response, delete, get, patch, post
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from messageapi.idempotency.once import Asked, Run, only_once
from messageapi.messages import find
from messageapi.messages.accepting.accept import answer_of
from messageapi.messages.accepting.batch import send_batch
from messageapi.messages.accepting.change import edit, revoke
from messageapi.messages.accepting.send import Keyed, send
from messageapi.messages.cancel import cancel
from messageapi.messages.content.requests import BatchRequest, EditRequest, SendRequest, read
from messageapi.messages.find import Wanted
from messageapi.messages.schemas import BatchAnswer, Direction, MessageView, SendAnswer
from messageapi.messages.states import Status
from messageapi.vocab.caller import Caller
from messageapi.web import paging
from messageapi.web.doors import Doors
from messageapi.web.paging import Page
from messageapi.web.replay import respond
from messageapi.web.visit import Repeat

PATH = "/api/v1/messages"
LISTING = "messages"
TAGS = ["Messages"]
SENDS = {"permission": "messages:send", "idempotent": True}


def _about(text: str) -> object:
    return QueryParameter(description=text)


@post(
    PATH,
    opt={**SENDS, "reads": read},
    status_code=HTTP_202_ACCEPTED,
    operation_id="sendMessage",
    summary="Send a message",
    tags=TAGS,
)
async def post_message(doors: Doors, caller: Caller, data: SendRequest, repeat: Repeat) -> Response[SendAnswer]:
    """Stored durably before the answer. It is sent in order as soon as its number is connected; follow it by its id."""
    async with only_once(doors, caller, Asked(f"POST {PATH}", repeat.key, data)) as run:
        return respond(answer_of(await send(doors, caller, data, _keyed(run))))


@post(
    f"{PATH}/batch",
    opt=SENDS,
    status_code=HTTP_202_ACCEPTED,
    operation_id="sendMessages",
    summary="Send many messages",
    tags=TAGS,
)
async def post_batch(doors: Doors, caller: Caller, data: BatchRequest, repeat: Repeat) -> Response[BatchAnswer]:
    """Each message has its own result; those that are accepted are stored together, before the answer."""
    async with only_once(doors, caller, Asked(f"POST {PATH}/batch", repeat.key, data)) as run:
        return respond(await send_batch(doors, caller, data.messages, run.once))


@patch(
    f"{PATH}/{{message_id:str}}",
    opt=SENDS,
    status_code=HTTP_202_ACCEPTED,
    operation_id="editMessage",
    summary="Edit a message",
    tags=TAGS,
)
async def edit_message(
    doors: Doors, caller: Caller, message_id: str, data: EditRequest, repeat: Repeat
) -> Response[SendAnswer]:
    """A new text or caption for a message that was sent, within 15 minutes. The edit is a message of its own: the
    answer has its id.
    """
    asked = Asked(f"PATCH {PATH}", repeat.key, (message_id, data))
    async with only_once(doors, caller, asked) as run:
        return respond(answer_of(await edit(doors, caller, message_id, data.text, _keyed(run))))


@delete(
    f"{PATH}/{{message_id:str}}",
    opt=SENDS,
    status_code=HTTP_202_ACCEPTED,
    operation_id="revokeMessage",
    summary="Take a message back",
    tags=TAGS,
)
async def revoke_message(doors: Doors, caller: Caller, message_id: str, repeat: Repeat) -> Response[SendAnswer]:
    """For everyone in the chat, within about two days after it was sent. This is a message of its own: the answer has
    its id. What still waits is canceled instead.
    """
    async with only_once(doors, caller, Asked(f"DELETE {PATH}", repeat.key, message_id)) as run:
        return respond(answer_of(await revoke(doors, caller, message_id, _keyed(run))))


def _keyed(run: Run) -> Keyed | None:
    return Keyed(run.once) if run.once else None


@get(
    PATH,
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
    since: Annotated[datetime | None, _about("Accepted at this time or later; without an offset it is UTC.")] = None,
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
        chats=await find.chats(doors, caller, recipient_) if recipient_ else None,
        status=status,
        type=type_,
        direction=direction,
        since=_ms(since),
        until=_ms(until),
        oldest_first=order == "asc",
    )
    return paging.page(sealer, LISTING, await find.page(doors, caller, wanted, after=after, limit=limit + 1), limit)


@post(
    f"{PATH}/{{message_id:str}}/cancel",
    opt={"permission": "messages:send"},
    status_code=HTTP_200_OK,
    operation_id="cancelMessage",
    summary="Cancel a message",
    tags=TAGS,
)
async def cancel_message(doors: Doors, caller: Caller, message_id: str) -> MessageView:
    """Only while it still waits (`scheduled` or `accepted`)."""
    return await cancel(doors, caller, message_id)


def _ms(at: datetime | None) -> int | None:
    """Without an offset it is UTC, wherever the server stands."""
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000) if at else None


routes = [post_message, post_batch, list_messages, edit_message, revoke_message, cancel_message]
"""Reading one message is in compat: the reference answers on the same path."""
