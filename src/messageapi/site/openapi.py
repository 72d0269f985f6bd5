"""The OpenAPI 3.1 document, made from the routes themselves: msgspec describes the Structs, the gate's rules say which
failures can come.
"""

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import Method

from messageapi.site.failures import Failures
from messageapi.site.operation import Operation
from messageapi.site.tidy import optional_tag, tidy
from messageapi.site.webhooks import facts_types, webhooks
from messageapi.web.problems import ProblemBody, SimpleFailure

Json = dict[str, Any]
SCHEMAS = "#/components/schemas/{name}"
METHODS: tuple[Method, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""In this order: the router has them in another at every start, and the document is to be the same."""

ABOUT = (
    "Send WhatsApp messages from your own number.\n\n"
    "1. Create a number and link it: `POST /api/v1/numbers`, then `POST /api/v1/numbers/{number_id}/link`, and scan "
    "the code from `/qr` with the phone.\n"
    "2. Send: `POST /api/v1/send` answers when WhatsApp has taken the message; `POST /api/v1/messages` answers at once "
    "and sends in order, whatever its type. With the header `Idempotency-Key` a request may be repeated without "
    "sending twice.\n"
    "3. Follow: `GET /api/v1/messages/{message_id}` shows accepted, sent, delivered and read with their times.\n\n"
    "Every answer carries `X-Request-Id`; every error carries a stable `code`, explained under "
    "[/docs/errors](/docs/errors). Unknown and repeated fields and parameters are refused, never ignored."
)

TAGS = {
    "Simple calls": "One call, one honest answer. For shop systems, spreadsheets and scripts.",
    "Messages": "Accepted at once and durably, sent in order, followed to their end.",
    "Media": "Files for messages: uploaded once, named by many.",
    "Numbers": "The WhatsApp numbers of the account: link, watch, stop, unlink.",
    "Contacts": "Who is on WhatsApp under which address, and who opted out of bulk messages.",
    "Chats": "What is of the moment: typing, read marks, who is there, calls.",
    "Groups": "Those a number is in: made, changed, joined and left; WhatsApp is asked each time.",
    "Webhooks": "Events posted to your server: signed, in order within a chat, tried again until they arrive.",
    "Events": "What happens, as a stream that stays open or by asking for it.",
    "API keys": "Keys with scopes. A key can create others that are no stronger than itself.",
    "Health": "For load balancers and monitoring; open to everybody.",
}

SECURITY: Json = {
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "`msg_` and 38 letters and digits.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "The same key as `Authorization: Bearer msg_...`."},
    "keyInAddress": {
        "type": "apiKey",
        "in": "query",
        "name": "apikey",
        "description": "Only for `GET /send.php`, and only keys made with `inLink`: addresses end up in logs.",
    },
}


def document(routes: Iterable[HTTPRoute], base_url: str) -> Json:
    operations = [
        Operation(route, handler)
        for route in routes
        for handler, _ in (route.route_handler_map[method] for method in METHODS if method in route.route_handler_map)
        if handler.resolve_include_in_schema()
    ]
    types = [
        ProblemBody,
        SimpleFailure,
        *facts_types(),
        *(each for operation in operations for each in operation.types()),
    ]
    described, components = msgspec.json.schema_components(dict.fromkeys(types), ref_template=SCHEMAS)
    schemas = dict(zip(dict.fromkeys(types), tidy(list(described)), strict=True))
    optional_tag(components, "TextMessage")
    failures = Failures()
    paths: Json = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = operation.described(schemas, failures)
    return {
        "openapi": "3.1.0",
        "info": _info(),
        "servers": [{"url": base_url}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "webhooks": webhooks(schemas),
        "components": {
            "schemas": tidy(components),
            "responses": failures.responses,
            "headers": failures.headers(),
            "securitySchemes": SECURITY,
        },
    }


def _info() -> Json:
    licence = {"name": "Apache 2.0", "identifier": "Apache-2.0"}
    return {"title": "MessageAPI", "version": version("messageapi"), "description": ABOUT, "license": licence}


def described_routes(handlers: Iterable[HTTPRouteHandler], routes: Iterable[object]) -> list[HTTPRoute]:
    """The built routes of these handlers, in the handlers' order."""
    order = {path: place for place, path in enumerate(path for handler in handlers for path in handler.paths)}
    built = [route for route in routes if isinstance(route, HTTPRoute) and route.path in order]
    return sorted(built, key=lambda route: order[route.path])
