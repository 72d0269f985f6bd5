"""Alice's number, held by an engine host that answers questions as it is told."""

import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import update

from messageapi.store.tables import placements


@pytest.fixture(scope="session")
def simulator() -> ModuleType:
    path = Path(__file__).parents[2] / "simulators" / "host.py"
    spec = importlib.util.spec_from_file_location("simulated_host", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
async def host(bus: Any, simulator: ModuleType) -> AsyncIterator[Any]:
    started = await simulator.ScriptedHost(bus).start()
    yield started
    await started.stop()


@pytest.fixture
async def number(doors: Any, make: Any, alice: Any, host: Any) -> str:
    """Connected, and held by the host."""
    made = str(await make.make_number(doors, alice.caller))

    async def work(tx: Any) -> None:
        held = {"host_id": host.id, "epoch": 1, "wanted": True}
        await tx.execute(update(placements).where(placements.c.number_id == made).values(**held))

    await doors.db.writer.run(work)
    host.holds(made, 1)
    return made
