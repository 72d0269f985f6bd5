"""The network survives a restart: clients come back, sessions go on, nothing is lost; after a crash phones recover."""

import asyncio
import signal
import sys

import pytest

from messageapi.sandbox.client import SandboxControl


def restarted(sandbox, how=signal.SIGTERM):
    """Blocking, in the main thread: a process that is to die with its parent dies with the thread that started it."""
    code = sandbox.stop(how)
    assert code == (0 if how == signal.SIGTERM else -how)
    assert how == signal.SIGKILL or not (sandbox.folder / "sandbox.json").exists()
    sandbox.start()


@pytest.fixture
async def group(control, anna, ben, carla):
    return await control.create_group("Survivors", [anna, ben, carla])


async def test_everything_goes_on_after_an_orderly_restart(
    sandbox, control, client, group, anna, ben, carla, arrives_at
):
    await client.do("send", to=ben, text="before the restart")
    await arrives_at(ben, "before the restart")
    await control.send(ben, group.id, "group before")
    await client.event("message", text="group before")
    await control.change(carla, online=False, name="Carla the Quiet")
    await client.do("send", to=carla, text="kept over the restart")
    published = sandbox.published
    restarted(sandbox)
    assert (sandbox.published.front, sandbox.published.token) == (published.front, published.token)
    await client.event("connected")
    assert [message.text for message in (await control.inbox(ben)).messages] == [
        "before the restart"
    ]
    assert (await control.phone(carla)).name == "Carla the Quiet"
    assert (await control.phone(anna)).devices[0].device == 1
    await control.change(carla, online=True)
    await arrives_at(carla, "kept over the restart")
    await client.do("send", to=ben, text="after the restart")
    assert (await arrives_at(ben, "after the restart")).enc == "msg", "the session went on"
    await control.send(ben, anna, "answer after the restart")
    await client.event("message", text="answer after the restart")
    await control.send(ben, group.id, "group after")
    await client.event("message", text="group after")
    assert (await control.stats())["counts"].get("retries_asked", 0) == 0
    assert (await control.stats())["counts"].get("retries_answered", 0) == 0


async def test_what_waited_for_a_client_is_there_after_the_restart(
    sandbox, control, client, make_client, anna, ben, nothing_kept
):
    await nothing_kept(anna)
    await client.kill()
    message_id = await control.send(ben, anna, "over a restart")
    restarted(sandbox)
    heir = await make_client("anna")
    await heir.connect()
    assert (await heir.event("message", text="over a restart"))["id"] == message_id


async def test_after_a_crash_both_directions_recover(sandbox, control, client, anna, ben, arrives_at):
    for number in range(3):
        await client.do("send", to=ben, text=f"to {number}")
        await arrives_at(ben, f"to {number}")
        await control.send(ben, anna, f"fro {number}")
        await client.event("message", text=f"fro {number}")
    await _saved(sandbox, ben)
    for number in range(3, 6):
        await client.do("send", to=ben, text=f"to {number}")
        await arrives_at(ben, f"to {number}")
        await control.send(ben, anna, f"fro {number}")
        await client.event("message", text=f"fro {number}")
    restarted(sandbox, signal.SIGKILL)
    await client.event("connected")
    for number in range(6, 9):
        await control.send(ben, anna, f"fro {number}")
        await client.event("message", text=f"fro {number}")
        await client.do("send", to=ben, text=f"to {number}")
        await arrives_at(ben, f"to {number}")


async def _saved(sandbox, phone):
    """Wait until a round of saving has written this phone."""
    path = sandbox.folder / "state" / "accounts" / f"{phone.removeprefix('+')}.msgpack"
    before = path.stat().st_mtime_ns if path.exists() else 0
    async with asyncio.timeout(10):
        while not path.exists() or path.stat().st_mtime_ns == before:
            await asyncio.sleep(0.05)


async def test_two_networks_cannot_share_a_folder(sandbox):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "messageapi.sandbox.run", "--data", str(sandbox.folder), stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert b"Another sandbox network" in said
    async with SandboxControl.from_folder(sandbox.folder) as control:
        await control.health()


async def test_the_folder_is_private(sandbox):
    assert sandbox.folder.stat().st_mode & 0o777 == 0o700
    for path in [sandbox.folder / "sandbox.json", *(sandbox.folder / "state").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
