"""Builds the ASGI app: every room's routes behind one gate, their failures in one shape, all of it wrapped by one
front.
"""

from collections.abc import Sequence
from functools import partial

from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler

from messageapi.chats.api import routes as chats_routes
from messageapi.compat.api import routes as compat_routes
from messageapi.contacts.api import routes as contacts_routes
from messageapi.groups.api import routes as groups_routes
from messageapi.health.api import health_routes
from messageapi.keys.api import routes as keys_routes
from messageapi.keys.check import KeyCheck
from messageapi.live.api import routes as live_routes
from messageapi.live.stream import Live, live
from messageapi.media.api import routes as media_routes
from messageapi.messages.api import routes as messages_routes
from messageapi.messages.inbound_media.api import links as media_links
from messageapi.messages.inbound_media.api import routes as inbound_media_routes
from messageapi.numbers.api import routes as numbers_routes
from messageapi.operator.api import beside, operator_app
from messageapi.operator.token import OperatorToken
from messageapi.panel.app import Panel
from messageapi.panel.failures import as_page
from messageapi.settings import Settings
from messageapi.site.openapi import described_routes, document
from messageapi.site.pages import ROUTES as SITE
from messageapi.site.routes import files
from messageapi.web.bodies import StrictRequest
from messageapi.web.doors import Doors
from messageapi.web.front import App, Front
from messageapi.web.gate import Gate, provide_caller, provide_repeat, seal, simple_paths
from messageapi.web.head import with_head
from messageapi.web.limits import RateLimiter
from messageapi.web.problems import Renderer
from messageapi.web.strangers import strangers
from messageapi.webhooks.api import routes as webhooks_routes

ACCOUNT: tuple[HTTPRouteHandler, ...] = (
    *compat_routes,
    *messages_routes,
    *inbound_media_routes,
    *media_routes,
    *numbers_routes,
    *contacts_routes,
    *chats_routes,
    *groups_routes,
    *webhooks_routes,
    *live_routes,
    *keys_routes,
)
"""What a key opens: the routes of one account."""


def build_app(
    doors: Doors,
    operator: OperatorToken | None = None,
    routes: Sequence[HTTPRouteHandler] = ACCOUNT,
    streams: Live | None = None,
) -> Front:
    """The whole product over HTTP; with `operator` also the door of whoever owns the data folder. Who stops the server
    gives `streams`, to end them first.
    """
    settings, streams = doors.settings, streams or live(doors)
    renderer = Renderer(settings.public_url.rstrip("/"), simple_paths(routes), as_page)
    check, unknown = KeyCheck(doors), strangers(settings, doors.clock)
    public: App = routed(
        [*routes, *media_links, *health_routes(), *files(settings, lambda: openapi(settings))],
        AppConfig(
            dependencies={
                "doors": Provide(lambda: doors, sync_to_thread=False),
                "live": Provide(lambda: streams, sync_to_thread=False),
            },
            guards=[Gate(check, RateLimiter(settings.key_requests_per_minute, doors.clock), unknown)],
            exception_handlers=renderer.handlers(),
            request_max_body_size=settings.request_bytes,
            on_startup=[check.start],
            on_shutdown=[streams.close, check.stop],
        ),
    )
    app = beside(public, operator_app(doors, operator, renderer, routes, streams)) if operator else public
    return Front(Panel(doors, unknown, app, SITE), renderer, https=settings.public_url.startswith("https://"))


def openapi(settings: Settings) -> dict[str, object]:
    """The OpenAPI 3.1 document of all that is public. Needs no server: nothing is called."""
    documented = [*ACCOUNT, *health_routes()]
    config = AppConfig()
    config.dependencies = {name: Provide(partial(_never), sync_to_thread=False) for name in ("doors", "live")}
    app = routed(documented, config)
    return document(described_routes(documented, app.routes), settings.base_url)


def routed(routes: Sequence[HTTPRouteHandler], config: AppConfig) -> Litestar:
    """Raise UndeclaredError when a route does not say who may use it."""
    config.route_handlers = [*with_head(routes)]
    config.dependencies = {
        **config.dependencies,
        "caller": Provide(provide_caller, sync_to_thread=False),
        "repeat": Provide(provide_repeat, sync_to_thread=False),
    }
    config.request_class = StrictRequest
    config.logging_config = None
    app = Litestar.from_config(config)
    seal(app)
    return app


def _never() -> Doors:
    raise LookupError("the document is made without doors")
