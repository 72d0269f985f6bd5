"""HTTP for chats: show typing, mark messages as read, watch who is there, turn calls away."""

from litestar import delete, get, post, put
from litestar.status_codes import HTTP_204_NO_CONTENT

from messageapi.chats.calls import reject
from messageapi.chats.presence import begin
from messageapi.chats.read import mark_read
from messageapi.chats.schemas import (
    PresenceList,
    PresenceView,
    ReadRequest,
    RejectRequest,
    TypingRequest,
    presence_view,
)
from messageapi.chats.typing import show_typing
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

CHAT = "/api/v1/numbers/{number_id:str}/chats/{chat:str}"
PRESENCE = "/api/v1/numbers/{number_id:str}/presence"
SENDS = {"permission": "messages:send", "problems": (409, 503)}
READS = {"permission": "messages:read", "problems": (404, 422)}
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


@post(
    "/api/v1/numbers/{number_id:str}/calls/{call_id:str}/reject",
    opt=SENDS,
    status_code=HTTP_204_NO_CONTENT,
    operation_id="rejectCall",
    summary="Turn a call away",
    tags=TAGS,
)
async def post_reject(doors: Doors, caller: Caller, number_id: str, call_id: str, data: RejectRequest) -> None:
    """One that rings now, as `call.received` told it. The number's `rejectCalls` does it by itself."""
    await reject(doors, caller, number_id, call_id, data.sender)


@get(PRESENCE, opt=READS, operation_id="listPresence", summary="List who is watched", tags=TAGS)
async def list_presence(doors: Doors, caller: Caller, number_id: str) -> PresenceList:
    """With what was last seen of each."""
    return PresenceList(items=[presence_view(each) for each in await begin.every(doors, caller, number_id)])


@get(f"{PRESENCE}/{{person:str}}", opt=READS, operation_id="readPresence", summary="Read one's presence", tags=TAGS)
async def read_presence(doors: Doors, caller: Caller, number_id: str, person: str) -> PresenceView:
    """What was last seen of somebody the number watches."""
    return presence_view(await begin.one(doors, caller, number_id, person))


@put(
    f"{PRESENCE}/{{person:str}}",
    opt={**SENDS, "problems": (404, 422)},
    operation_id="watchPresence",
    summary="Watch somebody",
    tags=TAGS,
)
async def put_presence(doors: Doors, caller: Caller, number_id: str, person: str) -> PresenceView:
    """`presence.updated` tells when they come, go or type, where their settings let it be seen. WhatsApp tells it only
    to those who are online themselves: set the number's `online`. It holds over connections; twice is as good as once.
    """
    return presence_view(await begin.watch(doors, caller, number_id, person))


@delete(
    f"{PRESENCE}/{{person:str}}",
    opt={**SENDS, "problems": (404, 422)},
    operation_id="unwatchPresence",
    summary="Watch somebody no more",
    tags=TAGS,
)
async def delete_presence(doors: Doors, caller: Caller, number_id: str, person: str) -> None:
    """Nothing more is told of them."""
    await begin.unwatch(doors, caller, number_id, person)


routes = [post_typing, post_read, post_reject, list_presence, read_presence, put_presence, delete_presence]
