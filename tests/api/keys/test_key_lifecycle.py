"""The life of an API key, over HTTP."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from messageapi.errors import Problem
from messageapi.keys import create
from messageapi.keys.check import KeyCheck
from messageapi.keys.format import make as make_key_text
from messageapi.store.db import Database, Tx
from messageapi.store.tables import keys
from messageapi.web.doors import Doors

NEW = {"name": "Web shop", "scopes": ["numbers:read"]}


def with_key(key: str) -> dict[str, str]:
    return {"X-API-Key": key}


async def test_a_created_key_works_and_its_secret_is_shown_once(alice: Any, client: httpx.AsyncClient) -> None:
    made = await alice.post("/api/v1/keys", json=NEW)
    assert made.status_code == 201
    listed = await alice.get("/api/v1/keys")
    assert made.json()["key"] not in listed.text
    assert [key["id"] for key in listed.json()["items"]].count(made.json()["id"]) == 1
    assert (await client.get("/api/v1/numbers", headers=with_key(made.json()["key"]))).status_code == 200


async def test_the_database_holds_no_key(alice: Any, doors: Doors) -> None:
    made = (await alice.post("/api/v1/keys", json=NEW)).json()
    async with doors.db.reading() as tx:
        row = await tx.row(select(keys).where(keys.c.id == made["id"]))
    assert row
    assert made["key"][14:] not in repr(tuple(row))


async def test_a_revoked_key_is_refused_at_once_and_says_so(alice: Any, client: httpx.AsyncClient) -> None:
    made = (await alice.post("/api/v1/keys", json=NEW)).json()
    used = await client.get("/api/v1/numbers", headers=with_key(made["key"]))
    assert used.status_code == 200
    assert (await alice.delete(f"/api/v1/keys/{made['id']}")).status_code == 204
    refused = await client.get("/api/v1/numbers", headers=with_key(made["key"]))
    assert (refused.status_code, refused.json()["code"]) == (401, "key_revoked")
    assert (await alice.delete(f"/api/v1/keys/{made['id']}")).status_code == 204


async def test_a_process_that_hears_no_bell_refuses_a_revoked_key_within_a_second(
    alice: Any, doors: Doors, make: Any
) -> None:
    """The other process's memory of the key runs out; nothing tells it."""
    ticks = [100.0]
    deaf = KeyCheck(doors, ticks=lambda: ticks[0])
    made = await make.make_key(doors, alice.caller)
    await deaf(made.key, in_link=False)
    assert (await alice.delete(f"/api/v1/keys/{made.id}")).status_code == 204
    await deaf(made.key, in_link=False)  # still remembered: the test would prove nothing otherwise
    ticks[0] += 0.95
    with pytest.raises(Exception, match="revoked"):
        await deaf(made.key, in_link=False)
    await deaf.stop()


async def test_a_key_works_on_another_process_at_once(alice: Any, another_process: httpx.AsyncClient) -> None:
    made = (await alice.post("/api/v1/keys", json=NEW)).json()
    assert (await another_process.get("/api/v1/numbers", headers=with_key(made["key"]))).status_code == 200


async def test_a_key_may_revoke_itself(alice: Any) -> None:
    assert (await alice.delete(f"/api/v1/keys/{alice.key_id}")).status_code == 204
    assert (await alice.get("/api/v1/keys")).json()["code"] == "key_revoked"


async def test_an_expired_key_is_refused_and_says_so(alice: Any, client: httpx.AsyncClient, clock: Any) -> None:
    made = (await alice.post("/api/v1/keys", json={**NEW, "expiresAt": "2026-11-22T12:00:01Z"})).json()
    assert (await client.get("/api/v1/numbers", headers=with_key(made["key"]))).status_code == 200
    clock.forward(999)
    assert (await client.get("/api/v1/numbers", headers=with_key(made["key"]))).status_code == 200
    clock.forward(1)
    refused = await client.get("/api/v1/numbers", headers=with_key(made["key"]))
    assert (refused.status_code, refused.json()["code"]) == (401, "key_expired")


@pytest.mark.parametrize(("at", "status"), [("12:00:00", 422), ("12:00:00.001", 201)])
async def test_a_key_lives_for_at_least_a_moment(alice: Any, at: str, status: int) -> None:
    """It is twelve o'clock."""
    made = await alice.post("/api/v1/keys", json={**NEW, "expiresAt": f"2026-11-22T{at}Z"})
    assert made.status_code == status


async def test_keys_that_have_ended_make_room_for_others(
    alice: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alice's own is the first."""
    monkeypatch.setattr(create, "MOST", 3)
    ending = {**NEW, "expiresAt": "2026-11-22T12:00:01Z"}
    made = [(await alice.post("/api/v1/keys", json=ending)).json() for _ in range(2)]
    refused = await alice.post("/api/v1/keys", json=NEW)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_keys")
    await alice.delete(f"/api/v1/keys/{made[0]['id']}")
    assert (await alice.post("/api/v1/keys", json=ending)).status_code == 201
    clock.forward(1_000)
    assert [(await alice.post("/api/v1/keys", json=NEW)).status_code for _ in range(3)] == [201, 201, 409]


async def test_a_key_gives_no_scope_it_lacks(alice: Any, hire: Any) -> None:
    clerk = await hire(alice.caller, ("keys:manage", "messages:read"))
    refused = await clerk.post("/api/v1/keys", json={"name": "x", "scopes": ["messages:read", "messages:send"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_exceeded")
    assert "messages:send" in refused.json()["detail"]
    allowed = await clerk.post("/api/v1/keys", json={"name": "x", "scopes": ["messages:read"]})
    assert allowed.status_code == 201


@pytest.mark.parametrize("longer", [{}, {"expiresAt": "2026-11-23T00:00:00.001Z"}])
async def test_a_key_that_ends_makes_none_that_outlives_it(
    alice: Any, client: httpx.AsyncClient, longer: dict[str, str]
) -> None:
    ending: dict[str, object] = {
        "name": "x",
        "scopes": ["keys:manage", "messages:read"],
        "expiresAt": "2026-11-23T00:00:00Z",
    }
    key = (await alice.post("/api/v1/keys", json=ending)).json()["key"]
    heir: dict[str, object] = {"name": "y", "scopes": ["messages:read"], **longer}
    refused = await client.post("/api/v1/keys", json=heir, headers=with_key(key))
    assert (refused.status_code, refused.json()["code"]) == (403, "expiry_exceeded")
    heir["expiresAt"] = ending["expiresAt"]
    assert (await client.post("/api/v1/keys", json=heir, headers=with_key(key))).status_code == 201


async def test_keys_come_in_pages_newest_first(alice: Any) -> None:
    made = [(await alice.post("/api/v1/keys", json=NEW)).json()["id"] for _ in range(3)]
    first = (await alice.get("/api/v1/keys", params={"limit": 2})).json()
    assert [key["id"] for key in first["items"]] == [made[2], made[1]]
    second = (await alice.get("/api/v1/keys", params={"limit": 2, "cursor": first["nextCursor"]})).json()
    assert [key["id"] for key in second["items"]] == [made[0], alice.key_id]
    assert second["nextCursor"] is None


async def test_use_is_noted_once_a_minute(alice: Any, doors: Doors, make: Any, clock: Any) -> None:
    made = await make.make_key(doors, alice.caller)
    check = KeyCheck(doors)

    async def used_at() -> int | None:
        await check.stop()
        async with doors.db.reading() as tx:
            noted: int | None = await tx.scalar(select(keys.c.last_used_at).where(keys.c.id == made.id))
        return noted

    await check(made.key, in_link=False)
    first = await used_at()
    clock.forward(59_999)
    await check(made.key, in_link=False)
    assert await used_at() == first == clock.now - 59_999
    clock.forward(1)
    await check(made.key, in_link=False)
    assert await used_at() == clock.now


class Counting:
    """A database that counts how often it is read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.writer = database.writer
        self.reads = 0

    def reading(self) -> AbstractAsyncContextManager[Tx]:
        self.reads += 1
        return self._database.reading()


async def test_many_requests_at_once_ask_the_database_once(alice: Any, doors: Doors) -> None:
    counting = Counting(doors.db)
    ticks = [100.0]
    check = KeyCheck(replace(doors, db=counting), ticks=lambda: ticks[0])  # type: ignore[arg-type]
    callers = await asyncio.gather(*(check(alice.key, in_link=False) for _ in range(50)))
    assert {caller.key_id for caller in callers} == {alice.key_id}
    assert counting.reads == 1
    ticks[0] += 0.9
    await check(alice.key, in_link=False)
    assert counting.reads == 2
    await check.stop()


async def test_repeating_an_unknown_key_costs_the_database_nothing(doors: Doors) -> None:
    counting = Counting(doors.db)
    check = KeyCheck(replace(doors, db=counting), ticks=lambda: 100.0)  # type: ignore[arg-type]
    stranger = make_key_text()
    for _ in range(20):
        with pytest.raises(Problem):
            await check(stranger, in_link=False)
    assert counting.reads == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"scopes": ["messages:send"]}, 422, "field_missing"),
        ({"name": "", "scopes": ["messages:send"]}, 422, "field_invalid"),
        ({"name": " ", "scopes": ["messages:send"]}, 422, "key_name_invalid"),
        ({"name": "a\x00b", "scopes": ["messages:send"]}, 422, "key_name_invalid"),
        ({"name": "x", "scopes": []}, 422, "field_invalid"),
        ({"name": "x", "scopes": ["everything"]}, 422, "field_invalid"),
        ({"name": "x", "scopes": "messages:send"}, 422, "field_invalid"),
        ({"name": "x", "scopes": ["messages:send"], "inLink": "yes"}, 422, "field_invalid"),
        ({"name": "x", "scopes": ["messages:send"], "admin": True}, 400, "unknown_field"),
        ({"name": "x", "scopes": ["messages:send"], "accountId": "acc_1"}, 400, "unknown_field"),
        ({"name": "x", "scopes": ["messages:send"], "expiresAt": "tomorrow"}, 422, "field_invalid"),
        ({"name": "x", "scopes": ["messages:send"], "expiresAt": "2026-11-23T00:00:00"}, 422, "field_invalid"),
        ({"name": "x", "scopes": ["messages:send"], "expiresAt": "2020-01-01T00:00:00Z"}, 422, "expiry_passed"),
    ],
)
async def test_a_malformed_key_is_refused(alice: Any, body: dict[str, object], status: int, code: str) -> None:
    refused = await alice.post("/api/v1/keys", json=body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
