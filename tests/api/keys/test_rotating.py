"""A rotated key works beside its successor for a while; the audit log says what happened to keys."""

from typing import Any

import httpx
import pytest

from messageapi.audit import find as audit
from messageapi.keys.check import REMEMBERED_SECONDS
from messageapi.web.doors import Doors

NEW = {"name": "Web shop", "scopes": ["numbers:read"]}
HOUR = 3_600_000


async def status(client: httpx.AsyncClient, key: str) -> int:
    return (await client.get("/api/v1/numbers", headers={"X-API-Key": key})).status_code


async def test_both_work_until_the_overlap_ends(alice: Any, client: httpx.AsyncClient, clock: Any) -> None:
    old = (await alice.post("/api/v1/keys", json={**NEW, "inLink": True, "networks": ["127.0.0.1"]})).json()
    made = await alice.post(f"/api/v1/keys/{old['id']}/rotate", json={"overlapHours": 2})
    assert made.status_code == 201
    new = made.json()
    kept = ("name", "scopes", "inLink", "networks", "numbers", "test", "expiresAt")
    assert [new[field] for field in kept] == [old[field] for field in kept]
    assert (new["replaces"], new["key"] != old["key"]) == (old["id"], True)
    clock.forward(2 * HOUR - 1)
    assert [await status(client, key) for key in (old["key"], new["key"])] == [200, 200]
    clock.forward(1)
    assert [await status(client, key) for key in (old["key"], new["key"])] == [401, 200]


async def test_without_an_overlap_the_old_one_is_refused_at_once(alice: Any, client: httpx.AsyncClient) -> None:
    old = (await alice.post("/api/v1/keys", json=NEW)).json()
    assert await status(client, old["key"]) == 200
    assert REMEMBERED_SECONDS > 0.5  # so it is in memory now
    await alice.post(f"/api/v1/keys/{old['id']}/rotate", json={"overlapHours": 0})
    assert await status(client, old["key"]) == 401


async def test_an_overlap_gives_no_longer_life(alice: Any) -> None:
    old = (await alice.post("/api/v1/keys", json={**NEW, "expiresAt": "2026-11-22T13:00:00Z"})).json()
    await alice.post(f"/api/v1/keys/{old['id']}/rotate", json={})
    ends = {key["id"]: key["expiresAt"] for key in (await alice.get("/api/v1/keys")).json()["items"]}
    assert ends[old["id"]] == old["expiresAt"]


async def test_a_key_that_has_ended_is_not_rotated(alice: Any, clock: Any) -> None:
    revoked = (await alice.post("/api/v1/keys", json=NEW)).json()["id"]
    await alice.delete(f"/api/v1/keys/{revoked}")
    expired = (await alice.post("/api/v1/keys", json={**NEW, "expiresAt": "2026-11-22T13:00:00Z"})).json()["id"]
    clock.forward(HOUR)
    for key_id in (revoked, expired):
        refused = await alice.post(f"/api/v1/keys/{key_id}/rotate", json={})
        assert (refused.status_code, refused.json()["code"]) == (409, "key_ended")


async def test_a_key_is_not_rotated_by_one_that_can_do_less(alice: Any, hire: Any) -> None:
    clerk = await hire(alice.caller, ("keys:manage", "messages:read"))
    refused = await clerk.post(f"/api/v1/keys/{alice.key_id}/rotate", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_exceeded")


async def test_charlie_does_not_rotate_alices_key(alice: Any, charlie: Any) -> None:
    refused = await charlie.post(f"/api/v1/keys/{alice.key_id}/rotate", json={})
    assert (refused.status_code, refused.json()["code"]) == (404, "key_not_found")


@pytest.mark.parametrize("hours", [-1, 169, "2", None])
async def test_an_overlap_has_bounds(alice: Any, hours: object) -> None:
    refused = await alice.post(f"/api/v1/keys/{alice.key_id}/rotate", json={"overlapHours": hours})
    assert (refused.status_code, refused.json()["code"]) == (422, "field_invalid")


async def test_the_audit_log_says_who_made_rotated_and_revoked_keys(alice: Any, doors: Doors) -> None:
    made = (await alice.post("/api/v1/keys", json=NEW)).json()
    await alice.post(f"/api/v1/keys/{made['id']}/rotate", json={})
    for _ in range(2):
        await alice.delete(f"/api/v1/keys/{made['id']}")
    async with doors.db.reading() as tx:
        entries = await audit.page(tx, alice.caller, None, 10, about=made["id"])
    assert [entry.action for entry in entries] == ["key.revoked", "key.rotated", "key.created"]
    assert {entry.key_id for entry in entries} == {alice.key_id}
    assert made["key"] not in str(entries)
