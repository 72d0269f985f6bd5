"""HTTP for the operator: read questions, answer and close them. Behind the operator's door alone."""

from typing import Annotated

from litestar import get, post
from litestar.params import QueryParameter

from messageapi.support import inbox
from messageapi.support.answer import answer, close
from messageapi.support.request import State
from messageapi.support.schemas import NewAnswer, RequestList, RequestView, view
from messageapi.web.doors import Doors
from messageapi.web.paging import DEFAULT, Limit

PREFIX = "/operator/v1/support"


@get(PREFIX)
async def list_requests(
    doors: Doors,
    limit: Limit = DEFAULT,
    cursor: Annotated[str | None, QueryParameter(max_length=40)] = None,
    wanted: Annotated[State | None, QueryParameter(name="state")] = None,
) -> RequestList:
    found = await inbox.newest(doors, state=wanted, before=cursor, most=limit + 1)
    shown = found[:limit]
    return RequestList(items=[view(one) for one in shown], next_cursor=shown[-1].id if len(found) > limit else None)


@get(PREFIX + "/{request_id:str}")
async def show_request(doors: Doors, request_id: str) -> RequestView:
    return view(await inbox.one(doors, request_id))


@post(PREFIX + "/{request_id:str}/answer", status_code=200)
async def answer_request(doors: Doors, request_id: str, data: NewAnswer) -> RequestView:
    await answer(doors, request_id, data.text)
    return view(await inbox.one(doors, request_id))


@post(PREFIX + "/{request_id:str}/close", status_code=200)
async def close_request(doors: Doors, request_id: str) -> RequestView:
    await close(doors, request_id)
    return view(await inbox.one(doors, request_id))


operator_routes = (list_requests, show_request, answer_request, close_request)
