"""HTTP for files of received messages: with a key by the message's id, without one by a signed link."""

from typing import Annotated

from litestar import get
from litestar.params import HeaderParameter
from litestar.response import Stream

from messageapi.messages.inbound_media.link import PATH
from messageapi.messages.inbound_media.open_link import open_link
from messageapi.messages.inbound_media.serve import Served, serve
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.web.gate import OPEN

Range = Annotated[str, HeaderParameter(name="Range", description="One range of bytes, such as `bytes=0-1023`.")]


@get(
    "/api/v1/messages/{message_id:str}/media",
    opt={"permission": "messages:read", "gives_file": True, "problems": (404, 409, 410, 413, 416, 503)},
    operation_id="readMessageMedia",
    summary="Read the file of a received message",
    tags=["Messages"],
)
async def get_message_media(doors: Doors, caller: Caller, message_id: str, span: Range = "") -> Stream:
    """The content itself, of the type it is found to be. What was not fetched yet is fetched from WhatsApp now, which
    needs a connected number and may take a while: answered 503 `file_being_fetched`, ask again. The header `Range` asks
    for one part.
    """
    return _answer(await serve(doors, caller, message_id, span))


@get(f"{PATH}/{{message_id:str}}/{{signature:str}}", opt={"permission": OPEN}, include_in_schema=False)
async def get_linked_media(doors: Doors, message_id: str, signature: str, span: Range = "") -> Stream:
    """The link of an event: it needs no key and ends with the message's body."""
    return _answer(await serve(doors, await open_link(doors, message_id, signature), message_id, span))


def _answer(served: Served) -> Stream:
    return Stream(served.chunks, status_code=served.status, media_type=served.mime, headers=served.headers)


routes = [get_message_media]
links = [get_linked_media]
"""Open to whoever has one."""
