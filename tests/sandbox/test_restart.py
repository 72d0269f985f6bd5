"""The network survives a restart: clients come back, sessions go on, nothing is lost; after a crash phones recover."""

import asyncio
import signal
import sys
from typing import Any

import pytest

from messageapi.sandbox.client import SandboxControl, SandboxError
from messageapi.sandbox.draft import Draft, DraftMedia


def restarted(sandbox: Any, how: signal.Signals = signal.SIGTERM) -> None:
    """Blocking, in the main thread: a process that is to die with its parent dies with the thread that started it."""
    code = sandbox.stop(how)
    assert code == (0 if how == signal.SIGTERM else -how)
    assert how == signal.SIGKILL or not (sandbox.folder / "sandbox.json").exists()
    sandbox.start()


async def test_sessions_and_addresses_go_on_after_an_orderly_restart(
    sandbox: Any, control: SandboxControl, client: Any, anna: str, ben: str, arrives_at: Any
) -> None:
    await client.do("send", to=ben, text="before the restart")
    await arrives_at(ben, "before the restart")
    await control.send(ben, anna, "answer before the restart")
    await client.event("message", text="answer before the restart")
    published = sandbox.published
    restarted(sandbox)
    assert (sandbox.published.front, sandbox.published.token) == (published.front, published.token)
    await client.event("connected")
    assert (await control.phone(anna)).devices[0].device == 1
    await client.do("send", to=ben, text="after the restart")
    assert (await arrives_at(ben, "after the restart")).enc == "msg", "the session went on"
    await control.send(ben, anna, "answer after the restart")
    await client.event("message", text="answer after the restart")
    texts = [message.text for message in (await control.inbox(ben)).messages if not message.own]
    assert texts == ["before the restart", "after the restart"]
    counts = (await control.stats()).counts
    assert (counts.get("retries_asked"), counts.get("retries_answered")) == (None, None)


async def test_groups_go_on_after_a_restart(
    sandbox: Any, control: SandboxControl, client: Any, anna: str, ben: str, arrives_at: Any
) -> None:
    group = await control.create_group("Survivors", [anna, ben])
    await control.send(ben, group.id, "group before")
    await client.event("message", text="group before")
    await client.do("send", to=group.id, text="client before")
    restarted(sandbox)
    await client.event("connected")
    assert group in await control.groups()
    await control.send(ben, group.id, "group after")
    await client.event("message", text="group after")
    await client.do("send", to=group.id, text="client after")
    assert (await arrives_at(ben, "client after")).enc == "skmsg"


async def test_a_phone_keeps_its_habits_and_what_waits_for_it_over_a_restart(
    sandbox: Any, control: SandboxControl, client: Any, ben: str, arrives_at: Any
) -> None:
    await control.change(ben, online=False, name="Ben the Quiet")
    await client.do("send", to=ben, text="kept over the restart")
    restarted(sandbox)
    phone = await control.phone(ben)
    assert (phone.online, phone.name, phone.inbox) == (False, "Ben the Quiet", 0)
    await control.change(ben, online=True)
    await arrives_at(ben, "kept over the restart")
    await client.event("receipt", type=1)


async def test_what_waited_for_a_client_is_there_after_the_restart(
    sandbox: Any, control: SandboxControl, client: Any, make_client: Any, anna: str, ben: str
) -> None:
    await client.kill()
    message_id = await control.send(ben, anna, "over a restart")
    restarted(sandbox)
    heir = await make_client("anna")
    await heir.connect()
    assert (await heir.event("message", text="over a restart"))["id"] == message_id


async def test_after_a_crash_both_directions_recover(
    sandbox: Any, control: SandboxControl, client: Any, anna: str, ben: str, arrives_at: Any
) -> None:
    for number in range(3):
        await client.do("send", to=ben, text=f"to {number}")
        await arrives_at(ben, f"to {number}")
        await control.send(ben, anna, f"fro {number}")
        await client.event("message", text=f"fro {number}")
    await _saved(sandbox, control, ben)
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


async def test_after_a_crash_a_phone_does_not_use_a_message_key_twice(
    sandbox: Any, control: SandboxControl, client: Any, anna: str, ben: str
) -> None:
    """A client takes a repeated counter for a repeated message, and drops it in silence."""
    await control.send(ben, anna, "first")
    await client.event("message", text="first")
    await client.do("send", to=ben, text="an answer")
    await _saved(sandbox, control, ben)
    for number in range(3):
        await control.send(ben, anna, f"forgotten by the phone {number}")
        await client.event("message", text=f"forgotten by the phone {number}")
    restarted(sandbox, signal.SIGKILL)
    await client.event("connected")
    for number in range(3):
        await control.send(ben, anna, f"not to be missed {number}")
        await client.event("message", text=f"not to be missed {number}")


async def _saved(sandbox: Any, control: SandboxControl, phone: str) -> None:
    """Two rounds of saving: the first may have taken up this phone before now."""
    path = sandbox.folder / "state" / "accounts" / f"{phone.removeprefix('+')}.msgpack"
    for _ in range(2):
        before = path.stat().st_mtime_ns if path.exists() else 0
        await control.change(phone, online=True)  # it is to be saved, though it has changed nothing
        async with asyncio.timeout(20):
            while not path.exists() or path.stat().st_mtime_ns == before:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def test_two_networks_cannot_share_a_folder(sandbox: Any) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "messageapi.sandbox.run", "--data", str(sandbox.folder), stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert b"Another sandbox network" in said
    async with SandboxControl.from_folder(sandbox.folder) as control:
        await control.health()


async def test_the_folder_is_private(sandbox: Any) -> None:
    assert sandbox.folder.stat().st_mode & 0o777 == 0o700
    for path in [sandbox.folder / "sandbox.json", *(sandbox.folder / "state").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


async def test_what_a_phone_has_seen_is_the_same_after_a_restart(
    sandbox: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any
) -> None:
    media = DraftMedia(data=b"a picture", mime="image/png")
    await control.write(anna, Draft(to=ben, type="image", text="look", media=media))
    first = await control.send(anna, ben, "frist")
    await control.write(anna, Draft(to=ben, type="edit", target=first, text="first"))
    await control.change(ben, contacts=[anna], listed=False)
    newsletter = await control.create_newsletter("News", anna, [ben])
    before = (await control.inbox(ben)).messages
    assert (before[1].edited, before[1].text) == (True, "first")
    restarted(sandbox)
    assert (await control.inbox(ben)).messages == before
    assert newsletter in await control.newsletters()
    assert await control.media(ben, before[0].n) == b"a picture"
    with pytest.raises(SandboxError, match="404"):
        await control.send(anna, ben, "not listed")
    await control.change(ben, listed=True)
    await control.write(ben, Draft(to=anna, type="reaction", target=first, text="👍"))
    assert (await arrives_at(anna, "👍")).target.found is True
