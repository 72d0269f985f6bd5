"""Health, open to everybody: what was seen, not what is hoped."""

from typing import Any

import httpx
import pytest
from sqlalchemy import insert, update

from messageapi.store.tables import hosts, placements
from messageapi.vocab.clock import Clock

SILENT_MS = 10_000


async def _write(doors: Any, statement: Any) -> None:
    async def work(tx: Any) -> None:
        await tx.execute(statement)

    await doors.db.writer.run(work)


async def _host(doors: Any, clock: Clock) -> None:
    beat = {"id": "host_1", "network": "sandbox", "capacity": 1, "sessions": 0, "pid": 1, "stopping": False}
    await _write(doors, insert(hosts).values(**beat, beat_at=clock()))


async def test_a_running_process_is_alive(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_a_server_without_numbers_is_ready_without_hosts(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "database": "ok", "bus": "ok", "engines": "idle"}


async def test_numbers_without_a_host_make_it_degraded_and_a_host_makes_it_ready(
    alice: Any, client: httpx.AsyncClient, doors: Any, make: Any, clock: Any
) -> None:
    await make.make_number(doors, alice.caller)
    await _write(doors, update(placements).values(wanted=True))
    assert (await client.get("/readyz")).json() | {"status": "degraded"} == (await client.get("/readyz")).json()
    await _host(doors, clock)
    assert (await client.get("/readyz")).json()["engines"] == "ok"
    clock.forward(SILENT_MS + 1)
    assert (await client.get("/readyz")).json()["engines"] == "down"


async def test_a_closed_bus_is_not_ready(client: httpx.AsyncClient, doors: Any) -> None:
    await doors.bus.close()
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["bus"]) == (503, "down", "down")


async def test_a_closed_database_is_not_ready_and_still_alive(client: httpx.AsyncClient, doors: Any) -> None:
    await doors.db.close()
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "down")
    assert (await client.get("/healthz")).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_says_nothing_about_accounts(client: httpx.AsyncClient, alice: Any, path: str) -> None:
    assert alice.account_id not in (await client.get(path)).text
