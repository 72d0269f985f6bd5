"""Control of the phones: make one, link, change its habits, part with linked devices."""

from aiohttp import web
from msgspec import UNSET, structs

from messageapi.sandbox.control.keys import NETWORK, answer
from messageapi.sandbox.control.messages import account_named
from messageapi.sandbox.control.requests import (
    Code,
    NewPhone,
    PhoneChange,
    Request,
    Scan,
    Unlink,
    read_body,
)
from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import Account, Device
from messageapi.sandbox.phones import linking
from messageapi.sandbox.server import devices
from messageapi.sandbox.server.login import replaced
from messageapi.sandbox.server.relay.queue import Line

_HABITS = ("online", "delay_ms", "ask_retry", "garble")


async def list_phones(request: web.Request) -> web.Response:
    return answer({"phones": [_shown(account) for account in request.app[NETWORK].accounts.values()]})


async def show_phone(request: web.Request) -> web.Response:
    return answer(_shown(account_named(request)))


async def create_phone(request: web.Request) -> web.Response:
    network, asked = request.app[NETWORK], await read_body(request, NewPhone)
    number = asked.phone.removeprefix("+")
    new = number not in network.accounts
    account = network.open_account(number, asked.name or "")
    return answer(_shown(account), 201 if new else 200)


async def change_phone(request: web.Request) -> web.Response:
    account, asked = account_named(request), await read_body(request, PhoneChange)
    if asked.name is not UNSET:
        account.name = asked.name
    if asked.refuse is not UNSET:
        account.refuse = asked.refuse
    if asked.listed is not UNSET:
        account.listed = asked.listed
    if asked.contacts is not UNSET:
        account.contacts = [number.removeprefix("+") for number in asked.contacts]
    if asked.login_failure is not UNSET:
        account.login_failure = asked.login_failure.as_login_failure() if asked.login_failure else None
    changes = {name: getattr(asked, name) for name in _HABITS if getattr(asked, name) is not UNSET}
    if asked.receipts is not UNSET:
        changes["receipts"] = tuple(asked.receipts)
    account.phone.change(structs.replace(account.phone.habits, **changes))
    return answer(_shown(account))


async def scan(request: web.Request) -> web.Response:
    account, asked = account_named(request), await read_body(request, Scan)
    device = await linking.scan(account.phone, asked.qr)
    return answer({"device": device.number})


async def enter_code(request: web.Request) -> web.Response:
    account, asked = account_named(request), await read_body(request, Code)
    device = await linking.enter_code(account.phone, asked.code)
    return answer({"device": device.number})


async def forget(request: web.Request) -> web.Response:
    account = account_named(request)
    await read_body(request, Request)
    account.phone.forget_sessions()
    account.touch()
    return answer(_shown(account))


async def unlink(request: web.Request) -> web.Response:
    """Without a device all of them go."""
    account, asked = account_named(request), await read_body(request, Unlink)
    leaving = [device for device in account.linked if asked.device in (None, device.number)]
    if asked.device is not None and not leaving:
        raise SandboxError("unknown_device", "This number has no linked device with that number.", 404)
    lines = _open_lines(account)
    for device in leaving:
        devices.remove(device)
        if device.number in lines:
            lines[device.number].finish(devices.device_removed())
    return answer({"devices": [device.number for device in leaving]})


async def kick(request: web.Request) -> web.Response:
    """Break the connections, as a network does."""
    await read_body(request, Request)
    lines = _open_lines(account_named(request))
    for line in lines.values():
        line.cut()
    return answer({"devices": list(lines)})


async def replace(request: web.Request) -> web.Response:
    """Tell the linked devices that another client has taken their place."""
    await read_body(request, Request)
    lines = _open_lines(account_named(request))
    for line in lines.values():
        line.finish(replaced())
    return answer({"devices": list(lines)})


def _open_lines(account: Account) -> dict[int, Line]:
    """The connections of an account's linked devices, by device."""
    mailboxes = {device.number: device.mailbox for device in account.linked}
    return {number: mailbox.line for number, mailbox in mailboxes.items() if mailbox and mailbox.line}


def _shown(account: Account) -> dict[str, object]:
    phone = account.phone
    return {
        "phone": account.e164,
        "lid": str(account.lid_jid),
        "name": account.name,
        "online": phone.online,
        "devices": [_shown_device(device) for device in account.linked],
        "inbox": len(phone.inbox),
    }


def _shown_device(device: Device) -> dict[str, object]:
    return {
        "device": device.number,
        "online": device.online,
        "linkedAt": device.linked_at,
        "kept": len(device.mailbox.kept) if device.mailbox else 0,
        "present": device.present,
    }


ROUTES = [
    web.get("/phones", list_phones),
    web.post("/phones", create_phone),
    web.get("/phones/{digits}", show_phone),
    web.patch("/phones/{digits}", change_phone),
    web.post("/phones/{digits}/scan", scan),
    web.post("/phones/{digits}/code", enter_code),
    web.post("/phones/{digits}/forget", forget),
    web.post("/phones/{digits}/unlink", unlink),
    web.post("/phones/{digits}/kick", kick),
    web.post("/phones/{digits}/replace", replace),
]
