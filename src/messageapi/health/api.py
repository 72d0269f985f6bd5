"""HTTP for health: /healthz says that the process runs, /readyz that it can do its work."""

import msgspec
from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec

from messageapi.health.check import Readiness, readiness
from messageapi.web.doors import Doors
from messageapi.web.gate import OPEN


class Liveness(msgspec.Struct):
    """The process runs and answers."""

    status: str = "ok"


@get("/healthz", opt={"permission": OPEN}, operation_id="liveness", summary="Is it alive?", tags=["Health"])
async def healthz() -> Liveness:
    """Touches nothing but the process itself: restart it when this fails."""
    return Liveness()


@get(
    "/readyz",
    opt={"permission": OPEN},
    operation_id="readiness",
    summary="Is it ready?",
    tags=["Health"],
    responses={503: ResponseSpec(Readiness, description="Nothing can be accepted now.")},
)
async def readyz(doors: Doors) -> Response[Readiness]:
    """Asks the database, the bus and the engine hosts. 503 when messages cannot be accepted."""
    seen = await readiness(doors)
    return Response(seen, status_code=503 if seen.status == "down" else 200)


routes = [healthz, readyz]
