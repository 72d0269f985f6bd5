"""A sandbox network of a benchmark's own: the other side, and the judge of what has arrived."""

from pathlib import Path

import msgspec

from bench.processes import LAST, READY_S, Cores, Started, start, until
from messageapi.sandbox import published
from messageapi.sandbox.client import InboxMessage, SandboxControl
from messageapi.sandbox.errors import SandboxError

MODULE = "messageapi.sandbox.run"


async def start_network(folder: Path, *, cores: Cores = LAST) -> Started:
    """The network with its state in this folder, on the core the product does not use."""
    process = start(["-m", MODULE, "--data", str(folder)], folder.with_suffix(".log"), cores=cores)

    def ready() -> bool:
        if not process.running:
            raise RuntimeError(f"the sandbox network ended:\n{process.tail()}")
        return where(folder) is not None

    await until(ready, READY_S, "the sandbox network")
    return process


def where(folder: Path) -> published.Published | None:
    try:
        return published.read(folder)
    except SandboxError:
        return None


class Arrival(msgspec.Struct, frozen=True):
    """A message as a phone has decrypted it. `n` grows by one with each, `at` is in milliseconds."""

    n: int
    wa_id: str
    sender: str
    text: str
    at: int


async def arrivals(control: SandboxControl, phone: str) -> list[Arrival]:
    """Everything others have sent to this phone, in the order of arrival; not its own copies of what it sent."""
    found: list[InboxMessage] = []
    after = 0
    while True:
        page = await control.inbox(phone, after)
        if not page.messages:
            break
        found += page.messages
        after = page.next
    return [Arrival(one.n, one.id, one.from_, one.text, one.at) for one in found if not one.own]
