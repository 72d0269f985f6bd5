"""HTTP for chats: show typing, mark messages as read."""

from litestar import post
from litestar.status_codes import HTTP_204_NO_CONTENT

from messageapi.chats.read import mark_read
from messageapi.chats.schemas import ReadRequest, TypingRequest
from messageapi.chats.typing import show_typing
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

CHAT = "/api/v1/numbers/{number_id:str}/chats/{chat:str}"
SENDS = {"permission": "messages:send", "problems": (409, 503)}
TAGS = ["Chats"]


@post(
    f"{CHAT}/typing",
    opt=SENDS,
    status_code=HTTP_204_NO_CONTENT,
    operation_id="showTyping",
    summary="Show that somebody types",
    tags=TAGS,
)
async def post_typing(doors: Doors, caller: Caller, number_id: str, chat: str, data: TypingRequest) -> None:
    """To the person or group of this phone number or address. A message can also do so by itself: `typing`."""
    await show_typing(doors, caller, number_id, chat, kind=data.kind, on=data.on)


@post(
    f"{CHAT}/read",
    opt=SENDS,
    status_code=HTTP_204_NO_CONTENT,
    operation_id="markRead",
    summary="Mark messages as read",
    tags=TAGS,
)
async def post_read(doors: Doors, caller: Caller, number_id: str, chat: str, data: ReadRequest) -> None:
    """Whoever wrote them sees two blue ticks. Reading a message through the API tells nobody."""
    await mark_read(doors, caller, number_id, chat, data.message_ids)


routes = [post_typing, post_read]
