"""HTTP in the reference service's shapes: send.php, send, status, and a message's delivery status."""

from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from messageapi.compat.schemas import LONGEST_WAIT, MEDIA, WAIT, SimpleAnswer, SimpleMessage, StatusAnswer, Wait
from messageapi.compat.send import send_and_wait
from messageapi.compat.status import status
from messageapi.messages import find
from messageapi.messages.schemas import MessageView
from messageapi.messages.send import NewMessage
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

TAGS = ["Simple calls"]
SEND = {"permission": "messages:send", "shape": "simple", "not_yet": MEDIA}
STORED = {202: ResponseSpec(SimpleAnswer, description="Stored; it will be sent. Read its status later.")}


class DeliveryStatus(MessageView, rename="camel", kw_only=True):
    """A message as the resource shows it, with the two fields the reference's callers look at."""

    success: bool = True
    message_id: str = ""


@get(
    "/send.php",
    opt={**SEND, "key_in_address": True},
    operation_id="sendByAddress",
    summary="Send a text by its address alone",
    tags=TAGS,
    responses=STORED,
)
async def send_php(
    doors: Doors,
    caller: Caller,
    recipient: Annotated[str, QueryParameter(description="Who gets it.", schema_extra={"examples": ["4915123456789"]})],
    text: Annotated[str, QueryParameter(description="What it says.", schema_extra={"examples": ["Hello"]})],
    from_: Annotated[str | None, QueryParameter(name="from", description="Which of your numbers sends.")] = None,
    wait: Annotated[Wait, QueryParameter(ge=0, le=LONGEST_WAIT)] = WAIT,
) -> Response[SimpleAnswer]:
    """For callers that can only open an address. `?apikey=` needs a key made for it; the X-API-Key header takes any."""
    code, answer = await send_and_wait(doors, caller, NewMessage(recipient, text, from_), wait)
    return Response(answer, status_code=code)


@post(
    "/api/v1/send",
    opt={**SEND, "form": True},
    status_code=200,
    operation_id="send",
    summary="Send a text and wait for WhatsApp",
    tags=TAGS,
    responses=STORED,
)
async def post_send(doors: Doors, caller: Caller, data: SimpleMessage) -> Response[SimpleAnswer]:
    """Answers when WhatsApp has taken the message, or after `wait` seconds with 202. Takes JSON or a form."""
    code, answer = await send_and_wait(doors, caller, NewMessage(data.recipient, data.text, data.from_), data.wait)
    return Response(answer, status_code=code)


@get(
    "/api/v1/status",
    opt={"permission": "numbers:read", "shape": "simple"},
    operation_id="readStatus",
    summary="Connection and the day's messages",
    tags=TAGS,
)
async def read_status(doors: Doors, caller: Caller) -> StatusAnswer:
    """Is the default number connected, and what became of today's messages?"""
    return await status(doors, caller)


@get(
    "/api/v1/messages/{message_id:str}",
    opt={"permission": "messages:read", "shape": "both"},
    operation_id="readMessage",
    summary="Read a message",
    tags=["Messages"],
)
async def read_message(doors: Doors, caller: Caller, message_id: str) -> DeliveryStatus:
    """Its status, with a timeline of what happened and when."""
    seen = await find.one(doors, caller, message_id)
    return DeliveryStatus(**msgspec.structs.asdict(seen), message_id=seen.id)


routes = [send_php, post_send, read_status, read_message]
