"""Control of the network as a whole: is it there, what has it counted, and faults."""

import os

import msgspec
from aiohttp import web
from msgspec import UNSET

from messageapi.sandbox.control.keys import NETWORK, answer
from messageapi.sandbox.control.requests import FaultChange, read_body
from messageapi.sandbox.network import Network


async def health(_request: web.Request) -> web.Response:
    return answer({"status": "ok"})


async def stats(request: web.Request) -> web.Response:
    network, times = request.app[NETWORK], os.times()
    devices = list(network.linked_devices())
    mailboxes = [device.mailbox for device in devices if device.mailbox]
    return answer(
        {
            "counts": network.stats.counts,
            "unknown": network.stats.unknown,
            "accounts": len(network.accounts),
            "devices": len(devices),
            "online": sum(device.online for device in devices),
            "kept": sum(len(mailbox.kept) for mailbox in mailboxes),
            "dropped": sum(mailbox.dropped for mailbox in mailboxes),
            "faults": _faults(network),
            "cpuSeconds": times.user + times.system,
        }
    )


async def change_faults(request: web.Request) -> web.Response:
    network, asked = request.app[NETWORK], await read_body(request, FaultChange)
    for name in FaultChange.__struct_fields__:
        value = getattr(asked, name)
        if value is not UNSET:
            setattr(network.faults, name, value)
    return answer(_faults(network))


def _faults(network: Network) -> object:
    return msgspec.to_builtins(FaultChange(**msgspec.structs.asdict(network.faults)))


ROUTES = [
    web.get("/health", health),
    web.get("/stats", stats),
    web.patch("/faults", change_faults),
]
