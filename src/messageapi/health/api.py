"""HTTP for health: /healthz says that the process runs, /readyz that it can do its work."""

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec

from messageapi.health.check import Readiness, Watch
from messageapi.web.doors import Doors
from messageapi.web.gate import OPEN

OPT = {"permission": OPEN, "counted": False}
"""Whoever balances load must never be refused because others ask too, so these two are made cheap instead."""


class Liveness(msgspec.Struct):
    """The process runs and answers."""

    status: str = "ok"


def health_routes() -> list[HTTPRouteHandler]:
    return [_healthz(), _readyz(Watch())]


def _healthz() -> HTTPRouteHandler:
    @get("/healthz", opt=OPT, operation_id="liveness", summary="Is it alive?", tags=["Health"])
    async def healthz() -> Liveness:
        """Touches nothing but the process itself: restart it when this fails."""
        return Liveness()

    return healthz


def _readyz(watch: Watch) -> HTTPRouteHandler:
    @get(
        "/readyz",
        opt=OPT,
        operation_id="readiness",
        summary="Is it ready?",
        tags=["Health"],
        responses={503: ResponseSpec(Readiness, description="Nothing can be accepted now.")},
    )
    async def readyz(doors: Doors) -> Response[Readiness]:
        """Asks the database, the bus and the engine hosts. 503 when messages cannot be accepted."""
        seen = await watch.look(doors)
        return Response(seen, status_code=503 if seen.status == "down" else 200)

    return readyz
