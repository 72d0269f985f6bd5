"""HTTP in the reference service's shapes: send.php, send, status, and a message's delivery status."""

from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from messageapi.compat.schemas import (
    LONGEST_WAIT,
    WAIT,
    SimpleAnswer,
    SimpleDocument,
    SimpleImage,
    SimpleMessage,
    StatusAnswer,
    Wait,
)
from messageapi.compat.send import Wish, send_and_wait
from messageapi.compat.status import status
from messageapi.compat.wish import any_message, document_message, image_message, text_message
from messageapi.messages import find
from messageapi.messages.schemas import MessageView
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.web.visit import Repeat

TAGS = ["Simple calls"]
SEND = {"permission": "messages:send", "shape": "simple", "idempotent": True}
STORED = {202: ResponseSpec(SimpleAnswer, description="Stored; it will be sent. Read its status later.")}


class DeliveryStatus(MessageView, rename="camel", frozen=True, kw_only=True):
    """A message as the resource shows it, with the two fields the reference's callers look at."""

    success: bool = True
    message_id: str = ""


@get(
    "/send.php",
    opt={**SEND, "key_in_address": True},
    operation_id="sendByAddress",
    summary="Send by its address alone",
    tags=TAGS,
    responses=STORED,
)
async def send_php(  # noqa: PLR0917 - one for each parameter
    doors: Doors,
    caller: Caller,
    repeat: Repeat,
    recipient: Annotated[str, QueryParameter(description="Who gets it.", schema_extra={"examples": ["4915123456789"]})],
    text: Annotated[
        str | None, QueryParameter(description="What it says, or the caption.", schema_extra={"examples": ["Hello"]})
    ] = None,
    image: Annotated[str | None, QueryParameter(description="Public URL of a picture.")] = None,
    document: Annotated[str | None, QueryParameter(description="Public URL of a document.")] = None,
    pdf: Annotated[str | None, QueryParameter(description="Another name of `document`.")] = None,
    url: Annotated[str | None, QueryParameter(description="Public URL of either.")] = None,
    caption: Annotated[str | None, QueryParameter(description="Another name of `text` beside a file.")] = None,
    filename: Annotated[str | None, QueryParameter(description="What the document is called.")] = None,
    from_: Annotated[str | None, QueryParameter(name="from", description="Which of your numbers sends.")] = None,
    wait: Annotated[Wait, QueryParameter(ge=0, le=LONGEST_WAIT)] = WAIT,
) -> Response[SimpleAnswer]:
    """For callers that can only open an address: a text, or a file with or without one. `?apikey=` needs a key made for
    it; the X-API-Key header takes any.
    """
    request = any_message(
        SimpleImage(recipient=recipient, from_=from_, text=text, caption=caption, url=url, image=image),
        SimpleDocument(
            recipient=recipient,
            from_=from_,
            text=text,
            caption=caption,
            url=url,
            document=document,
            pdf=pdf,
            filename=filename,
        ),
    )
    return await send_and_wait(doors, caller, Wish("GET /send.php", request, wait, repeat))


@post(
    "/api/v1/send",
    opt={**SEND, "form": True},
    status_code=200,
    operation_id="send",
    summary="Send a text and wait for WhatsApp",
    tags=TAGS,
    responses=STORED,
)
async def post_send(doors: Doors, caller: Caller, data: SimpleMessage, repeat: Repeat) -> Response[SimpleAnswer]:
    """Answers when WhatsApp has taken the message, or after `wait` seconds with 202. Takes JSON or a form."""
    return await send_and_wait(doors, caller, Wish("POST /api/v1/send", text_message(data), data.wait, repeat))


@post(
    "/api/v1/send/image",
    opt={**SEND, "form": True},
    status_code=200,
    operation_id="sendImage",
    summary="Send a picture and wait for WhatsApp",
    tags=TAGS,
    responses=STORED,
)
async def post_image(doors: Doors, caller: Caller, data: SimpleImage, repeat: Repeat) -> Response[SimpleAnswer]:
    """The picture is fetched from its public URL: `image` or `url`. Takes JSON or a form."""
    wish = Wish("POST /api/v1/send/image", image_message(data), data.wait, repeat)
    return await send_and_wait(doors, caller, wish)


@post(
    "/api/v1/send/document",
    opt={**SEND, "form": True},
    status_code=200,
    operation_id="sendDocument",
    summary="Send a document and wait for WhatsApp",
    tags=TAGS,
    responses=STORED,
)
async def post_document(doors: Doors, caller: Caller, data: SimpleDocument, repeat: Repeat) -> Response[SimpleAnswer]:
    """The document is fetched from its public URL: `document`, `pdf` or `url`. Takes JSON or a form."""
    wish = Wish("POST /api/v1/send/document", document_message(data), data.wait, repeat)
    return await send_and_wait(doors, caller, wish)


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


routes = [send_php, post_send, post_image, post_document, read_status, read_message]
