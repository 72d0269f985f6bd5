"""Control of refusals on purpose, of messages and of logins."""

import time

from aiohttp import web

from messageapi.sandbox.control.keys import NETWORK, answer
from messageapi.sandbox.control.messages import account_named
from messageapi.sandbox.control.requests import Ban, read_body
from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.planted import Refusal
from messageapi.sandbox.server.faults import LoginFailure
from messageapi.sandbox.server.login import failure
from messageapi.sandbox.server.relay.refusals import MOST_REFUSALS

BANNED = 402


async def list_refusals(request: web.Request) -> web.Response:
    return answer({"refusals": request.app[NETWORK].refusals.all()})


async def plant(request: web.Request) -> web.Response:
    network, asked = request.app[NETWORK], await read_body(request, Refusal)
    if len(network.refusals) >= MOST_REFUSALS:
        raise SandboxError("too_many_refusals", f"The network holds at most {MOST_REFUSALS} refusals.", 409)
    return answer(network.refusals.plant(asked), 201)


async def lift(request: web.Request) -> web.Response:
    if not request.app[NETWORK].refusals.lift(request.match_info["id"]):
        raise SandboxError("unknown_refusal", "There is no refusal with this id any more.", 404)
    return await list_refusals(request)


async def lift_all(request: web.Request) -> web.Response:
    request.app[NETWORK].refusals.lift_all()
    return await list_refusals(request)


async def ban(request: web.Request) -> web.Response:
    """Ban an account for a time: its linked devices are sent away now, and at every login until the time is over."""
    account, asked = account_named(request), await read_body(request, Ban)
    until = int(time.time()) + asked.seconds
    account.login_failure = LoginFailure(BANNED, asked.code, asked.seconds, until)
    account.touch()
    for device in account.linked:
        if device.mailbox and device.mailbox.line:
            device.mailbox.line.finish(failure(account.login_failure))
    return answer({"until": until})


ROUTES = [
    web.get("/refusals", list_refusals),
    web.post("/refusals", plant),
    web.delete("/refusals", lift_all),
    web.delete("/refusals/{id}", lift),
    web.post("/phones/{digits}/ban", ban),
]
