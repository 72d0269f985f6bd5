"""What is done to a number with a button: restart, stop, pause, resume, make default, unlink, delete."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.numbers import find
from messageapi.numbers.edit import edit
from messageapi.numbers.linking.unlink import unlink
from messageapi.numbers.number import Number
from messageapi.numbers.pause import pause, resume
from messageapi.numbers.remove import remove
from messageapi.numbers.restart import restart
from messageapi.numbers.schemas import NumberEdit
from messageapi.numbers.stop import stop
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.web.doors import Doors

_ADMIN = {"permission": "admin"}


@post("/numbers/{number_id:str}/restart", opt=_ADMIN)
async def take_restart(doors: Doors, visitor: Visitor, number_id: str) -> Html:
    await restart(doors, visitor.caller, number_id)
    return _back(visitor, number_id, N_("The connection is opened anew."))


@post("/numbers/{number_id:str}/stop", opt=_ADMIN)
async def take_stop(doors: Doors, visitor: Visitor, number_id: str) -> Html:
    await stop(doors, visitor.caller, number_id)
    return _back(visitor, number_id, N_("Number stopped. Messages wait until you restart it."))


@post("/numbers/{number_id:str}/pause", opt=_ADMIN)
async def take_pause(doors: Doors, visitor: Visitor, number_id: str) -> Html:
    await pause(doors, visitor.caller, number_id)
    return _back(visitor, number_id, N_("Sending is paused. Messages wait; receiving goes on."))


@post("/numbers/{number_id:str}/resume", opt=_ADMIN)
async def take_resume(doors: Doors, visitor: Visitor, number_id: str) -> Html:
    await resume(doors, visitor.caller, number_id)
    return _back(visitor, number_id, N_("Sending goes on."))


@post("/numbers/{number_id:str}/default", opt=_ADMIN)
async def take_default(doors: Doors, visitor: Visitor, number_id: str) -> Html:
    await edit(doors, visitor.caller, number_id, NumberEdit(default=True))
    return _back(visitor, number_id, N_("Messages that name no number go out from this one now."))


@get("/numbers/{number_id:str}/unlink", opt=_ADMIN)
async def show_unlink(doors: Doors, visitor: Visitor, number_id: str) -> Html:
    return page(visitor, "numbers/unlink.html", number=await _read(doors, visitor, number_id))


@post("/numbers/{number_id:str}/unlink", opt=_ADMIN)
async def take_unlink(doors: Doors, visitor: Visitor, number_id: str) -> Html:
    before = await _read(doors, visitor, number_id)
    done = await unlink(doors, visitor.caller, number_id)
    if before.linked and not done.at_whatsapp:
        said = N_("Number unlinked here. Remove the device on the phone too: Settings, Linked devices.")
        return go(visitor, f"/numbers/{number_id}", said, "plain")
    return _back(visitor, number_id, N_("Number unlinked.") if before.linked else N_("Linking given up."))


@get("/numbers/{number_id:str}/delete", opt=_ADMIN)
async def show_delete(doors: Doors, visitor: Visitor, number_id: str) -> Html:
    return page(visitor, "numbers/delete.html", number=await _read(doors, visitor, number_id))


@post("/numbers/{number_id:str}/delete", opt=_ADMIN)
async def take_delete(doors: Doors, visitor: Visitor, form: Form, number_id: str) -> Html:
    """Only with its name typed: its messages go with it."""
    number = await _read(doors, visitor, number_id)
    if form.text("name") != number.name.strip():
        problem = Problem("name_differs", 422, "Type the number's name as it is shown. Nothing was deleted.")
        return page(visitor, "numbers/delete.html", problem, number=number)
    await remove(doors, visitor.caller, number_id)
    return go(visitor, "/numbers", N_("Number deleted, with its messages."))


async def _read(doors: Doors, visitor: Visitor, number_id: str) -> Number:
    async with doors.db.reading() as tx:
        return await find.one(tx, visitor.caller, number_id)


def _back(visitor: Visitor, number_id: str, said: str) -> Html:
    return go(visitor, f"/numbers/{number_id}", said)


routes = [
    take_restart,
    take_stop,
    take_pause,
    take_resume,
    take_default,
    show_unlink,
    take_unlink,
    show_delete,
    take_delete,
]
