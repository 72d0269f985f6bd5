"""Lends apps whose routes are made already: Litestar takes longer to make them than most tests take to run."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import pytest
from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.di import Provide

from messageapi import app as product
from messageapi.web.doors import Doors
from messageapi.web.front import Front

_routed = product.routed


class Lent:
    """Routes that ask, at each request, what `build_app` gave them last."""

    def __init__(self, routes: Sequence[Any], config: AppConfig) -> None:
        self.given = config
        standing = AppConfig(
            dependencies={name: Provide(self._lent(name), sync_to_thread=False) for name in ("doors", "live")},
            guards=[self._guard],
            exception_handlers={Exception: self._respond},
            request_max_body_size=config.request_max_body_size,
            on_startup=[self._start],
            on_shutdown=[self._stop],
        )
        self.app = _routed(routes, standing)

    def _lent(self, name: str) -> Callable[[], Any]:
        """Without parameters: Litestar would look for them in the request."""

        def given() -> Any:
            dependency: Any = self.given.dependencies[name]
            return dependency.dependency()

        return given

    async def _guard(self, connection: Any, handler: Any) -> None:
        for guard in self.given.guards:
            await cast("Any", guard(connection, handler))

    def _respond(self, request: Any, failure: Exception) -> Any:
        return self.given.exception_handlers[Exception](request, failure)

    def _start(self) -> None:
        for each in self.given.on_startup:
            cast("Any", each)()

    async def _stop(self) -> None:
        for each in self.given.on_shutdown:
            await cast("Any", each)()


class Routing:
    """One for all tests of a process."""

    def __init__(self) -> None:
        self._free: dict[object, list[Lent]] = defaultdict(list)

    @contextmanager
    def built(self, doors: Doors) -> Iterator[Front]:
        """What `build_app` makes, until the end of the block."""
        free = self._free[doors.settings.base_url, doors.settings.request_bytes]  # all that the routes themselves hold
        lent: list[Lent] = []

        def routed(routes: Sequence[Any], config: AppConfig) -> Litestar:
            lent.append(free.pop() if free else Lent(routes, config))
            lent[-1].given = config
            return lent[-1].app

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(product, "routed", routed)
            front = product.build_app(doors)
        yield front
        free += lent
