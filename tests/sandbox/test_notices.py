"""What phones notice of the real client beside messages, and the client of phones: typing, reading, presence."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from messageapi.sandbox.client import SandboxControl, SandboxError
from messageapi.sandbox.draft import Draft, DraftMedia
from messageapi.sandbox.shown import NoticeShown

DELIVERED, READ, PLAYED = 1, 4, 8
COMPOSING, PAUSED = 0, 1
WRITING, RECORDING = 0, 1
Noticed = Callable[..., Awaitable[NoticeShown]]


@pytest.fixture
def noticed(control: SandboxControl) -> Noticed:
    """The next notice of a kind and state at a phone."""
    seen: dict[str, int] = {}

    async def wait(phone: str, kind: str, state: str) -> NoticeShown:
        while True:
            page = await control.notices(phone, seen.get(phone, 0), 20)
            assert page.notices, f"no {kind} {state} was noticed"
            for notice in page.notices:
                seen[phone] = notice.n
                if (notice.kind, notice.state) == (kind, state):
                    return notice

    return wait


async def test_a_phone_sees_the_client_type_and_record(
    client: Any, control: SandboxControl, anna: str, ben: str, noticed: Noticed
) -> None:
    lid = (await control.phone(ben)).lid
    for media, state in ((WRITING, "composing"), (RECORDING, "recording")):
        await client.do("typing", to=lid, state=COMPOSING, media=media)
        notice = await noticed(ben, "typing", state)
        assert (notice.from_, notice.chat) == (anna, anna)
    await client.do("typing", to=lid, state=PAUSED, media=WRITING)
    await noticed(ben, "typing", "paused")


async def test_a_group_sees_who_types(
    client: Any, control: SandboxControl, anna: str, ben: str, carla: str, noticed: Noticed
) -> None:
    group = await control.create_group("Typing", [anna, ben, carla])
    await client.do("typing", to=group.id, state=COMPOSING, media=WRITING)
    for phone in (ben, carla):
        notice = await noticed(phone, "typing", "composing")
        assert (notice.from_, notice.from_device, notice.chat) == (anna, 1, group.id)


async def test_a_phone_sees_what_was_delivered_to_and_read_by_the_client(
    client: Any, control: SandboxControl, anna: str, ben: str, noticed: Noticed
) -> None:
    message_id = await control.send(ben, anna, "read me")
    await client.event("message", text="read me")
    while (delivered := await noticed(ben, "receipt", "delivered")).from_device == 0:
        """Anna's phone says so too."""
    assert (delivered.ids, delivered.from_) == ([message_id], anna)
    await client.do("mark_read", id=message_id)
    while (was_read := await noticed(ben, "receipt", "read")).from_device == 0:
        """And reads it as well."""
    assert (was_read.ids, was_read.from_, was_read.chat) == ([message_id], anna, anna)


async def test_the_own_phone_sees_the_client_come(
    client: Any, control: SandboxControl, anna: str, noticed: Noticed
) -> None:
    assert (await control.phone(anna)).devices[0].present is False
    await client.do("presence")
    assert (await noticed(anna, "presence", "available")).from_device == 1
    assert (await control.phone(anna)).devices[0].present is True


async def test_a_phone_that_is_off_notices_nothing(
    client: Any, control: SandboxControl, ben: str, noticed: Noticed
) -> None:
    lid = (await control.phone(ben)).lid
    await control.change(ben, online=False)
    await client.do("typing", to=lid, state=COMPOSING, media=WRITING)
    await client.do("typing", to=lid, state=PAUSED, media=WRITING)
    await control.change(ben, online=True)
    await client.do("typing", to=lid, state=COMPOSING, media=RECORDING)
    await noticed(ben, "typing", "recording")
    assert [notice.state for notice in (await control.notices(ben)).notices] == ["recording"]


async def test_the_client_sees_a_phone_type_and_that_its_voice_note_was_heard(
    client: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    await client.do("presence")
    lid = (await control.phone(ben)).lid
    await control.typing(ben, anna, "recording")
    assert (await client.event("chat_presence"))["sender"] == lid
    with pytest.raises(SandboxError):
        await control.typing(ben, anna, "dancing")  # type: ignore[arg-type]


async def test_only_a_voice_note_is_listened_to(control: SandboxControl, anna: str, ben: str, noticed: Noticed) -> None:
    text = await control.send(ben, anna, "not a voice note")
    voice = await control.write(ben, Draft(to=anna, type="voice", media=DraftMedia(data=b"OggS", mime="audio/ogg")))
    assert await control.played(anna, [text, voice, "NOTHING"]) == [voice]
    assert (await noticed(ben, "receipt", "played")).ids == [voice]
