"""What is done to keys, numbers and webhooks is in the audit log, with who did it and without any secret."""

from typing import Any

import pytest

from messageapi.audit import find as audit
from messageapi.audit.find import Entry
from messageapi.audit.note import note
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors

HOOK = {"url": "https://example.com/hook?token=very-secret", "headers": {"X-Token": "also-secret"}}


@pytest.fixture
def noted(doors: Doors, alice: Any) -> Any:
    """The log of Alice's account about an id, oldest first."""

    async def found(about: str) -> list[Entry]:
        async with doors.db.reading() as tx:
            return (await audit.page(tx, alice.caller, None, 50, about=about))[::-1]

    return found


async def test_the_life_of_a_number_is_noted(alice: Any, noted: Any) -> None:
    number = (await alice.post("/api/v1/numbers", json={"name": "Shop", "network": "sandbox"})).json()["id"]
    await alice.patch(f"/api/v1/numbers/{number}", json={"name": "Store"})
    await alice.post(f"/api/v1/numbers/{number}/pause")
    await alice.post(f"/api/v1/numbers/{number}/pause")
    await alice.post(f"/api/v1/numbers/{number}/resume")
    await alice.delete(f"/api/v1/numbers/{number}")
    entries = await noted(number)
    assert [entry.action for entry in entries] == [
        "number.created",
        "number.changed",
        "number.paused",
        "number.resumed",
        "number.removed",
    ]
    assert entries[0].facts == {"name": "Shop", "network": "sandbox"}
    assert entries[1].facts == {"fields": ["name"]}
    assert {entry.key_id for entry in entries} == {alice.key_id}
    assert {entry.person_id for entry in entries} == {None}


async def test_the_life_of_a_webhook_is_noted_without_its_secrets(alice: Any, noted: Any) -> None:
    hook = (await alice.post("/api/v1/webhooks", json={**HOOK, "description": "CRM"})).json()
    path = f"/api/v1/webhooks/{hook['id']}"
    await alice.patch(path, json={"description": "Till"})
    await alice.post(f"{path}/rotate-secret", json={})
    await alice.post(f"{path}/pause")
    await alice.post(f"{path}/resume")
    await alice.delete(path)
    entries = await noted(hook["id"])
    assert [entry.action for entry in entries] == [
        "webhook.created",
        "webhook.changed",
        "webhook.secret_rotated",
        "webhook.paused",
        "webhook.resumed",
        "webhook.removed",
    ]
    assert "secret" not in "".join(str(entry.facts) for entry in entries)
    assert hook["secret"] not in str(entries)


async def test_what_is_noted_in_one_moment_stays_in_its_order(alice: Any, doors: Doors) -> None:
    """A hundred notes take a few milliseconds, and ids that only grow with time would mix them."""

    async def many(tx: Tx) -> None:
        for at in range(100):
            await note(tx, alice.caller, "number.changed", "num_1", {"at": at}, now=doors.clock())

    await doors.db.writer.run(many)
    async with doors.db.reading() as tx:
        found = await audit.page(tx, alice.caller, None, 200, about="num_1")
    assert [entry.facts["at"] for entry in found] == list(range(99, -1, -1))


async def test_what_was_refused_is_not_noted(alice: Any, charlie: Any, noted: Any) -> None:
    number = (await alice.post("/api/v1/numbers", json={"name": "Shop", "network": "sandbox"})).json()["id"]
    assert (await charlie.patch(f"/api/v1/numbers/{number}", json={"name": "Mine"})).status_code == 404
    assert (await charlie.delete(f"/api/v1/numbers/{number}")).status_code == 404
    assert [entry.action for entry in await noted(number)] == ["number.created"]


async def test_nobody_reads_another_accounts_log(alice: Any, charlie: Any, doors: Doors) -> None:
    await alice.post("/api/v1/numbers", json={"name": "Shop", "network": "sandbox"})
    async with doors.db.reading() as tx:
        theirs = await audit.page(tx, charlie.caller, None, 50)
        hers = await audit.page(tx, alice.caller, None, 50)
    assert {entry.subject for entry in theirs}.isdisjoint(entry.subject for entry in hers)
    assert [entry.action for entry in theirs] == ["key.created"]


async def test_pages_go_on_where_the_last_ended(alice: Any, doors: Doors) -> None:
    for name in ("a", "b", "c"):
        await alice.post("/api/v1/keys", json={"name": name, "scopes": ["messages:read"]})
    async with doors.db.reading() as tx:
        first = await audit.page(tx, alice.caller, None, 2)
        rest = await audit.page(tx, alice.caller, first[-1].id, 10)
        keys = await audit.page(tx, alice.caller, None, 10, action="key.")
        none = await audit.page(tx, alice.caller, None, 10, action="k_y.")
    assert [entry.facts["name"] for entry in [*first, *rest]] == ["c", "b", "a", "test"]
    assert (len(keys), none) == (4, [])
