"""What handlers find in the application, and how they answer."""

import msgspec
from aiohttp import web

from messageapi.sandbox.network import Network

NETWORK = web.AppKey("network", Network)


def answer(value: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")
