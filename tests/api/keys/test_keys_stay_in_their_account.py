"""Charlie never sees, uses or revokes a key of Alice's."""

from typing import Any

import pytest


async def test_charlie_does_not_see_alices_keys(alice: Any, charlie: Any) -> None:
    listed = (await charlie.get("/api/v1/keys")).json()["items"]
    assert [key["id"] for key in listed] == [charlie.key_id]


async def test_charlie_cannot_revoke_alices_key(alice: Any, charlie: Any) -> None:
    refused = await charlie.delete(f"/api/v1/keys/{alice.key_id}")
    assert (refused.status_code, refused.json()["code"]) == (404, "key_not_found")
    assert (await alice.get("/api/v1/keys")).status_code == 200


async def test_charlie_cannot_go_on_from_alices_cursor(alice: Any, charlie: Any) -> None:
    await alice.post("/api/v1/keys", json={"name": "x", "scopes": ["messages:read"]})
    cursor = (await alice.get("/api/v1/keys", params={"limit": 1})).json()["nextCursor"]
    refused = await charlie.get("/api/v1/keys", params={"cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) == (400, "cursor_invalid")


@pytest.mark.parametrize("parameter", ["account", "accountId", "account_id", "key_id"])
async def test_naming_alices_account_in_the_address_is_refused(alice: Any, charlie: Any, parameter: str) -> None:
    refused = await charlie.get("/api/v1/keys", params={parameter: alice.account_id})
    assert (refused.status_code, refused.json()["code"]) == (400, "unknown_parameter")


@pytest.mark.parametrize("key_id", ["key_nobody", "x", "%00", "..%2f..", "'%20or%201=1", "ä", "k" * 900])
async def test_ids_of_nothing_are_not_found_and_never_fail(alice: Any, key_id: str) -> None:
    refused = await alice.delete(f"/api/v1/keys/{key_id}")
    assert refused.status_code in {400, 404}


async def test_bob_may_neither_make_nor_revoke_keys(bob: Any, alice: Any) -> None:
    made = await bob.post("/api/v1/keys", json={"name": "x", "scopes": ["messages:read"]})
    assert (made.status_code, made.json()["code"]) == (403, "scope_missing")
    assert "keys:manage" in made.json()["detail"]
    assert (await bob.delete(f"/api/v1/keys/{alice.key_id}")).status_code == 403
