"""Posts events to a program on this machine or elsewhere, signed as webhooks are."""

import time
from dataclasses import dataclass
from typing import Self

import aiohttp

from messageapi.cli.events.stream import Came
from messageapi.webhooks import signing

DEADLINE_S = 15  # what a webhook's receiver has
KEPT = 200


@dataclass(frozen=True)
class Answered:
    """`status`: None when nobody answered, and `text` says why."""

    status: int | None
    ms: int
    text: str


class Forwarder:
    """One at a time, so that events arrive in their order; none is tried twice. Use it as a context manager."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret
        timeout = aiohttp.ClientTimeout(total=DEADLINE_S)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def post(self, event: Came) -> Answered:
        signed = signing.headers(event.id, int(time.time()), event.body, [self._secret])
        headers = {"Content-Type": "application/json", "User-Agent": "MessageAPI", **signed}
        began = time.perf_counter()
        try:
            async with self._session.post(
                self._url, data=event.body, headers=headers, allow_redirects=False
            ) as response:
                text = (await response.content.read(KEPT)).decode("utf-8", "replace")
                return Answered(response.status, _since(began), text)
        except TimeoutError:
            return Answered(None, _since(began), f"no answer within {DEADLINE_S} s")
        except (aiohttp.ClientError, OSError, ValueError):
            return Answered(None, _since(began), "nobody listens there")


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1_000)
