"""What one side cannot read it asks for again, and gets: the same message, newly encrypted."""

from pathlib import Path
from typing import Any

import pytest

from messageapi.sandbox.client import SandboxControl

DELIVERED = 1


async def test_a_phone_that_asks_again_gets_the_message_from_the_client(
    client: Any, control: SandboxControl, ben: str, arrives_at: Any
) -> None:
    await control.change(ben, ask_retry=True)
    message_id = await client.do("send", to=ben, text="say that again")
    message = await arrives_at(ben, "say that again")
    assert message.id == message_id
    assert (await control.stats()).counts["retries_asked"] >= 1
    assert message_id in (await client.event("receipt", type=DELIVERED))["ids"]


async def test_a_phone_that_lost_its_sessions_recovers_with_keys_in_its_second_request(
    client: Any, control: SandboxControl, ben: str, anna: str, arrives_at: Any
) -> None:
    await client.do("send", to=ben, text="before")
    await arrives_at(ben, "before")
    await control.send(ben, anna, "an answer makes the session a settled one")
    await client.event("message", text="an answer makes the session a settled one")
    await control.forget_sessions(ben)
    message_id = await client.do("send", to=ben, text="after the loss")
    assert (await arrives_at(ben, "after the loss")).id == message_id
    asked = (await control.stats()).counts["retries_asked"]
    await client.do("send", to=ben, text="all is well again")
    await arrives_at(ben, "all is well again")
    assert (await control.stats()).counts["retries_asked"] == asked


async def test_the_own_phone_recovers_its_copies_too(
    client: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any
) -> None:
    await client.do("send", to=ben, text="first copy")
    await arrives_at(anna, "first copy")
    await control.forget_sessions(anna)
    await client.do("send", to=ben, text="second copy")
    copy = await arrives_at(anna, "second copy")
    assert (copy.own, copy.chat) == (True, ben)


async def test_a_phone_recovers_group_messages(
    client: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any
) -> None:
    group = await control.create_group("Lossy", [anna, ben])
    await client.do("send", to=group.id, text="to the group")
    await arrives_at(ben, "to the group")
    await control.forget_sessions(ben)
    await client.do("send", to=group.id, text="to the group again")
    assert (await arrives_at(ben, "to the group again")).group is True


def _copy_store(folder: Path, name: str, new_name: str) -> None:
    for path in folder.glob(f"{name}.db*"):
        (folder / path.name.replace(name, new_name, 1)).write_bytes(path.read_bytes())


@pytest.fixture
async def forgetful(make_client: Any, control: SandboxControl, client: Any, anna: str, ben: str, tmp_path: Path) -> Any:
    """Anna's client with an older store: it has lost the session that Ben's phone writes in."""
    await client.kill()
    _copy_store(tmp_path, "anna", "older")
    current = await make_client("anna")
    await current.connect()
    await control.send(ben, anna, "the session begins")
    await current.event("message", text="the session begins")
    await current.do("send", to=ben, text="and is settled")
    await control.send(ben, anna, "by an answer")
    await current.event("message", text="by an answer")
    await current.kill()
    older = await make_client("older")
    await older.connect()
    await older.event("connected")
    return older


async def test_a_client_that_cannot_read_gets_the_message_from_the_phone(
    control: SandboxControl, forgetful: Any, anna: str, ben: str
) -> None:
    answered = (await control.stats()).counts.get("retries_answered", 0)
    message_id = await control.send(ben, anna, "can you read this?")
    assert (await forgetful.event("message", text="can you read this?"))["id"] == message_id
    assert (await control.stats()).counts["retries_answered"] > answered
