"""Control of what phones receive and send: the inbox, files, writing, marks of reading, typing, calls."""

import asyncio

from aiohttp import web

from messageapi.sandbox.control.keys import NETWORK, answer
from messageapi.sandbox.control.requests import Call, HangUp, Played, Read, Typing, read_body, read_number
from messageapi.sandbox.draft import Draft
from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import Account, Group
from messageapi.sandbox.phones import calling, decrypt, send
from messageapi.sandbox.phones.downloads import open_media
from messageapi.sandbox.phones.lines import Lines
from messageapi.sandbox.server import presence
from messageapi.sandbox.signal.media import MediaError
from messageapi.sandbox.wire.stanza import Node

LONGEST_WAIT = 30
_TYPING = {
    "composing": Node("composing"),
    "recording": Node("composing", {"media": "audio"}),
    "paused": Node("paused"),
}


def account_named(request: web.Request) -> Account:
    account = request.app[NETWORK].accounts.get(request.match_info["digits"])
    if account is None:
        raise SandboxError("unknown_phone", "There is no phone with this number. Make one with POST /phones.", 404)
    return account


async def inbox(request: web.Request) -> web.Response:
    """Waits for a first message when there is none yet, and for files that the phone is still fetching."""
    phone = account_named(request).phone
    after = await _waited(request, phone.inbox)
    first, lines = phone.inbox.page(after)
    await phone.downloads.settled(first, first + len(lines) - 1)
    return _page("messages", phone.inbox, after)


async def notices(request: web.Request) -> web.Response:
    """What the phone noticed beside messages: who types, has read, is there."""
    kept = account_named(request).phone.notices
    return _page("notices", kept, await _waited(request, kept))


async def written(request: web.Request) -> web.Response:
    """What the phone has sent itself."""
    kept = account_named(request).phone.written
    return _page("sent", kept, await _waited(request, kept))


async def _waited(request: web.Request, lines: Lines) -> int:
    """The number asked from, once there is something behind it or the time is up."""
    after = int(read_number(request, "after", 1 << 53))
    await lines.wait(after, read_number(request, "wait", LONGEST_WAIT))
    return after


def _page(name: str, kept: Lines, after: int) -> web.Response:
    """Put together from ready JSON."""
    first, lines = kept.page(after)
    last = first + len(lines) - 1 if lines else after
    body = f'{{"{name}":['.encode() + b",".join(lines) + b'],"next":' + str(last).encode() + b"}"
    return web.Response(body=body, content_type="application/json")


async def media(request: web.Request) -> web.Response:
    """The file of one message, fetched and decrypted anew."""
    account, n = account_named(request), request.match_info["n"]
    entry = account.phone.inbox.entry(int(n)) if n.isascii() and n.isdigit() and len(n) < 16 else None
    if entry is None or entry.media is None:
        raise SandboxError("no_media", "There is no message with a file under this number.", 404)
    try:
        plain = await asyncio.to_thread(open_media, account.network.media, entry.type, entry.media)
    except MediaError as error:
        raise SandboxError("broken_media", f"The phone cannot have this file: {error.code}.", 409) from None
    return web.Response(body=plain, content_type="application/octet-stream")


async def send_message(request: web.Request) -> web.Response:
    account, draft = account_named(request), await read_body(request, Draft)
    return answer({"id": await send.send(account.phone, draft)})


async def read(request: web.Request) -> web.Response:
    phone, asked = account_named(request).phone, await read_body(request, Read)
    ids = list(phone.unread) if asked.all else [message_id for message_id in asked.ids if message_id in phone.unread]
    for message_id in ids:
        decrypt.read(phone, message_id)
    return answer({"read": ids})


async def played(request: web.Request) -> web.Response:
    """The person listens to voice notes."""
    phone, asked = account_named(request).phone, await read_body(request, Played)
    return answer({"played": [message_id for message_id in asked.ids if decrypt.play(phone, message_id)]})


async def typing(request: web.Request) -> web.Response:
    """The person types or records, or stops doing so."""
    phone, asked = account_named(request).phone, await read_body(request, Typing)
    phone.demand_online()
    to = send.addressee(phone, asked.to)
    chat = to.jid if isinstance(to, Group) else to.lid_jid
    presence.chatstate(phone.network, phone.device, Node("chatstate", {"to": chat}, [_TYPING[asked.state]]))
    return answer({"state": asked.state})


async def call(request: web.Request) -> web.Response:
    """The person calls somebody. It rings until somebody hangs up."""
    phone, asked = account_named(request).phone, await read_body(request, Call)
    to = send.addressee(phone, asked.to)
    if isinstance(to, Group):
        raise SandboxError("bad_request", "A phone can call another phone only.")
    return answer({"id": calling.call(phone, to, video=asked.video)})


async def hang_up(request: web.Request) -> web.Response:
    phone, asked = account_named(request).phone, await read_body(request, HangUp)
    calling.hang_up(phone, asked.id)
    return answer({"id": asked.id})


ROUTES = [
    web.get("/phones/{digits}/inbox", inbox),
    web.get("/phones/{digits}/inbox/{n}/media", media),
    web.get("/phones/{digits}/notices", notices),
    web.get("/phones/{digits}/sent", written),
    web.post("/phones/{digits}/send", send_message),
    web.post("/phones/{digits}/read", read),
    web.post("/phones/{digits}/played", played),
    web.post("/phones/{digits}/typing", typing),
    web.post("/phones/{digits}/call", call),
    web.post("/phones/{digits}/hangup", hang_up),
]
