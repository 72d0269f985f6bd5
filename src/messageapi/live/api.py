"""HTTP for events as they happen: a stream, or an answer as soon as there is one."""

from functools import partial
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import QueryParameter
from msgspec import Meta

from messageapi.errors import Problem
from messageapi.live.answer import Wish, answer
from messageapi.live.listener import Listener
from messageapi.live.place import Place, gone, place
from messageapi.live.schemas import EventsView, view
from messageapi.live.stream import Live, stream
from messageapi.live.wanted import PERMISSION, Wanted, listed, wanted_types
from messageapi.numbers import find as numbers
from messageapi.vocab.caller import Caller
from messageapi.web import paging
from messageapi.web.doors import Doors
from messageapi.web.streaming import Streaming, left

EVENT_STREAM = "text/event-stream"
LONGEST_WAIT = 30
LONGEST_LIST = 2_000
LIST = r"^[a-z0-9_.*, ]*$"
PLACE = r"^[A-Za-z0-9_-]+$"
UNBUFFERED = {"X-Accel-Buffering": "no"}
"""Told to nginx, which would keep events until it has some kilobytes of them."""

Wait = Annotated[
    int,
    Meta(ge=0, le=LONGEST_WAIT),
    QueryParameter(ge=0, le=LONGEST_WAIT, description="Seconds to wait while there is nothing. Streams ignore it."),
]
After = Annotated[
    Annotated[str, Meta(max_length=paging.CURSOR_LENGTH, pattern=PLACE)] | None,
    QueryParameter(
        max_length=paging.CURSOR_LENGTH,
        pattern=PLACE,
        description="Begin behind this: `next` of an answer, an `id` of the stream, or the id of an event. `oldest`: "
        "with all that is kept. Left out: with what happens from now on. The header Last-Event-ID goes before it.",
    ),
]
Types = Annotated[
    Annotated[str, Meta(max_length=LONGEST_LIST, pattern=LIST)] | None,
    QueryParameter(
        max_length=LONGEST_LIST,
        pattern=LIST,
        description="Types of events, separated by commas, such as `message.received,number.*`.",
    ),
]
Numbers = Annotated[
    Annotated[str, Meta(max_length=LONGEST_LIST, pattern=LIST)] | None,
    QueryParameter(
        name="numbers",
        max_length=LONGEST_LIST,
        pattern=LIST,
        description="Ids of numbers, separated by commas. Events that belong to no number come all the same.",
    ),
]


@get(
    "/api/v1/events",
    opt={"permission": PERMISSION, "also_as": (EVENT_STREAM,), "problems": (410,)},
    operation_id="listenToEvents",
    summary="Follow events as they happen",
    tags=["Events"],
)
async def get_events(
    *,
    doors: Doors,
    live: Live,
    caller: Caller,
    request: Request[Any, Any, Any],
    after: After = None,
    types: Types = None,
    of_numbers: Numbers = None,
    wait: Wait = 0,
    limit: paging.Limit = paging.DEFAULT,
) -> Response[EventsView]:
    """With `Accept: text/event-stream` a stream that stays open; otherwise an answer with what happened, which with
    `wait` comes as soon as there is something. Both go on where you were, without a gap: send back the last `id`
    (header Last-Event-ID) or `next` (parameter `after`). Events of families that the key may not read are left out.
    """
    wanted = Wanted(wanted_types(caller, types), await _numbers(doors, caller, of_numbers))
    given = request.headers.get("last-event-id") or after
    begin = await place(doors, caller, given) if given else None
    listener = Listener(wanted, caller.key_id)
    if EVENT_STREAM in request.headers.get("accept", ""):
        return Streaming(stream(live, caller, listener, begin), media_type=EVENT_STREAM, headers=UNBUFFERED)
    if begin and begin.gone:
        raise gone()
    found = await answer(live, caller, listener, Wish(_seq(begin), limit, wait), partial(left, request.receive))
    return Response(view(found.events, found.next))


def _seq(begin: Place | None) -> int | None:
    return None if begin is None else begin.seq


async def _numbers(doors: Doors, caller: Caller, given: str | None) -> frozenset[str] | None:
    """Raise Problem for a number that is not the account's."""
    if given is None:
        return caller.numbers
    named = frozenset(listed(given))
    mine = await doors.db.read(lambda tx: numbers.every(tx, caller))
    if unknown := sorted(named - {number.id for number in mine}):
        raise Problem(
            "event_number_unknown",
            422,
            f"None of your numbers has the id `{unknown[0][:60]}`. GET /api/v1/numbers lists them.",
        )
    return named


routes = [get_events]
