"""Baileys, a client by others in another language, joins the network: what works with it is the protocol, not us.

Needs Node 20 with npm; its packages are installed once, from the lock, into this folder.
"""

import asyncio
import base64
import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from messageapi.sandbox.client import SandboxControl
from messageapi.sandbox.draft import Draft

HERE = Path(__file__).parent
DELIVERED, READ = 3, 4
INSTALL_SECONDS = 110

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def packages() -> Path:
    """Two test processes may want them at once; the second finds them there."""
    npm = shutil.which("npm")
    assert npm, "this test needs Node 20 with npm (Debian: apt-get install nodejs npm)"
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = HERE / "node_modules" / ".installed"
    with (HERE / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != digest:
            command = [npm, "ci", "--omit=peer", "--omit=optional", "--no-fund", "--no-audit"]
            subprocess.run(command, cwd=HERE, check=True, capture_output=True, timeout=INSTALL_SECONDS)
            stamp.write_text(digest)
    return HERE


@pytest.fixture
async def baileys(packages: Path, sandbox: Any, client_class: Any, tmp_path: Path) -> AsyncIterator[Any]:
    """A Baileys client that is not linked yet."""
    published = sandbox.published
    client = client_class(published, sandbox.folder, tmp_path / "baileys.db")
    environment = {**os.environ, "NODE_EXTRA_CA_CERTS": published.ca}
    command = ["node", str(packages / "client.mjs"), published.direct, published.root_key, str(tmp_path / "keys")]
    await client.run(command, environment)
    yield client
    await client.kill()


async def linked(baileys: Any, control: SandboxControl, phone: str) -> None:
    await baileys.connect()
    await control.scan(phone, (await baileys.event("qr"))["qr"])
    await baileys.event("open")


def address(phone: str) -> str:
    return f"{phone.removeprefix('+')}@s.whatsapp.net"


async def test_it_links_by_qr_writes_and_sees_both_receipts(
    baileys: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any
) -> None:
    await linked(baileys, control, anna)
    assert await baileys.do("exists", phone=ben.removeprefix("+")) is True
    message_id = await baileys.do("send", to=address(ben), text="from Baileys")
    assert (await arrives_at(ben, "from Baileys")).id == message_id
    assert (await arrives_at(anna, "from Baileys")).own is True
    assert (await baileys.event("status", id=message_id))["status"] in {DELIVERED, READ}


async def test_it_links_by_code_and_reads_what_phones_write(
    baileys: Any, control: SandboxControl, anna: str, ben: str, nothing_kept: Any
) -> None:
    await baileys.connect()
    await baileys.event("qr")
    code = await baileys.do("pair_phone", phone=anna.removeprefix("+"))
    await control.enter_code(anna, code)
    await baileys.event("open")
    for number in range(20):
        await control.send(ben, anna, f"number {number}")
    for number in range(20):
        assert (await baileys.event("message", text=f"number {number}"))["own"] is False
    await nothing_kept(anna)


async def test_it_catches_up_after_a_broken_connection(
    baileys: Any, control: SandboxControl, anna: str, ben: str, nothing_kept: Any
) -> None:
    await linked(baileys, control, anna)
    await nothing_kept(anna)
    await control.kick(anna)
    await baileys.event("close")
    for number in range(5):
        await control.send(ben, anna, f"missed {number}")
    for number in range(5):
        await baileys.event("message", text=f"missed {number}")
    await nothing_kept(anna)


async def test_it_meets_whatsmeow_in_a_group(
    baileys: Any, client: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    await linked(baileys, control, ben)
    group = await control.create_group("Two clients", [anna, ben])
    assert await baileys.do("group", to=group.id) == "Two clients"
    await baileys.do("send", to=group.id, text="from Baileys to all")
    await client.event("message", text="from Baileys to all")
    await client.do("send", to=group.id, text="from whatsmeow to all")
    await baileys.event("message", text="from whatsmeow to all")


async def test_it_is_told_that_it_was_unlinked(baileys: Any, control: SandboxControl, anna: str) -> None:
    await linked(baileys, control, anna)
    await control.unlink(anna)
    assert (await baileys.event("close", code=401))["code"] == 401


async def test_a_phone_asks_it_again_and_gets_the_message(
    baileys: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any
) -> None:
    await linked(baileys, control, anna)
    await control.change(ben, ask_retry=True)
    await baileys.do("send", to=address(ben), text="once more")
    async with asyncio.timeout(60):
        assert (await arrives_at(ben, "once more")).from_ == anna


async def test_phones_see_everything_it_sends(
    baileys: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any
) -> None:
    await linked(baileys, control, anna)
    data, to = os.urandom(40_000), address(ben)
    file = {"kind": "document", "data": base64.b64encode(data).decode()}
    described = {"mimetype": "application/pdf", "fileName": "x.pdf", "caption": "a file"}
    await baileys.do("send_any", to=to, content=described, file=file)
    seen = await arrives_at(ben, "a file")
    assert (seen.type, seen.media.filename, seen.media.error) == ("document", "x.pdf", "")
    assert await control.media(ben, seen.n) == data
    poll = await baileys.do("send_any", to=to, content={"poll": {"name": "Tea?", "values": ["yes", "no"]}})
    assert (await arrives_at(ben, "Tea?")).poll.options == ["yes", "no"]
    await control.write(ben, Draft(to=anna, type="poll_vote", target=poll["id"], options=["no"]))
    text = await baileys.do("send_any", to=to, content={"text": "frist"})
    await arrives_at(ben, "frist")
    await baileys.do("send_any", to=to, content={"text": "first", "edit": text})
    edit = await arrives_at(ben, "first")
    assert (edit.id, edit.edited) == (text["id"], True)
    await baileys.do("send_any", to=to, content={"react": {"text": "👍", "key": text}})
    reaction = await arrives_at(ben, "👍")
    assert (reaction.target.id, reaction.target.from_, reaction.target.found) == (text["id"], anna, True)
    await baileys.do("send_any", to=to, content={"delete": text})
    revoke = await arrives_at(ben, "")
    assert (revoke.type, revoke.target.id, revoke.target.found) == ("revoke", text["id"], True)
