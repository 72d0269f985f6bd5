"""The life of an API key, over HTTP."""

from typing import Any

import httpx

NEW = {"name": "Web shop", "scopes": ["messages:send"]}


async def test_a_created_key_works_and_its_secret_is_shown_once(alice: Any, client: httpx.AsyncClient) -> None:
    made = (await alice.post("/api/v1/keys", json=NEW)).json()
    assert made["key"].startswith("msg_")
    listed = await alice.get("/api/v1/keys")
    assert made["key"] not in listed.text
    assert [key["id"] for key in listed.json()["items"]].count(made["id"]) == 1
    used = await client.get("/send.php", headers={"X-API-Key": made["key"]}, params={"recipient": "1", "text": "x"})
    assert used.status_code != 401
