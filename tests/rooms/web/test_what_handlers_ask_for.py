"""What handlers ask for is resolved one after the other: for several at once the web framework starts a task each, and
that cost a quarter of a request.
"""

from functools import partial
from typing import Any

from litestar.config.app import AppConfig
from litestar.di import Provide

from messageapi.app import ACCOUNT, routed

STREAM = {"listenToEvents"}
"""It asks for `live` as well, and stays for long."""


def _something() -> Any:
    raise LookupError("nothing is called here")


def test_nothing_is_resolved_in_tasks() -> None:
    config = AppConfig()
    config.dependencies = {name: Provide(partial(_something), sync_to_thread=False) for name in ("doors", "live")}
    app = routed(ACCOUNT, config)
    models = {
        str(handler.operation_id): model
        for route in app.routes
        for handler, model in getattr(route, "route_handler_map", {}).values()
    }
    together = {name for name, model in models.items() if any(len(batch) > 1 for batch in model.dependency_batches)}
    assert "sendMessage" in models
    assert together <= STREAM
