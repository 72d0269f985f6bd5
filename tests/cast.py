"""The cast: Alice owns an account, Bob is her colleague with a key that can do less, Charlie has an account of his
own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import httpx

from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


@dataclass(frozen=True)
class Person:
    """Somebody with a key. `get`, `post`, ... call the API with it."""

    account_id: str
    key_id: str
    key: str
    caller: Caller
    client: httpx.AsyncClient

    async def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = {"X-API-Key": self.key, **given.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **given)

    async def get(self, path: str, **given: Any) -> httpx.Response:
        return await self.call("GET", path, **given)

    async def post(self, path: str, **given: Any) -> httpx.Response:
        return await self.call("POST", path, **given)

    async def patch(self, path: str, **given: Any) -> httpx.Response:
        return await self.call("PATCH", path, **given)

    async def put(self, path: str, **given: Any) -> httpx.Response:
        return await self.call("PUT", path, **given)

    async def delete(self, path: str, **given: Any) -> httpx.Response:
        return await self.call("DELETE", path, **given)


def hiring(doors: Doors, client: httpx.AsyncClient, make: ModuleType) -> Callable[..., Awaitable[Person]]:
    """Gives an account a person with a key of these scopes."""

    async def hired(owner: Caller, scopes: tuple[str, ...] | None = None) -> Person:
        key = await (make.make_key(doors, owner) if scopes is None else make.make_key(doors, owner, scopes=scopes))
        allowed = owner.scopes if scopes is None else frozenset(scopes)
        return Person(owner.account_id, key.id, key.key, Caller(owner.account_id, key.id, allowed), client)

    return hired
