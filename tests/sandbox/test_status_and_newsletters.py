"""Statuses reach those they are for, newsletters those who follow; what is refused is refused."""

import base64
import hashlib
from typing import Any

import pytest

from messageapi.engines.linked.library.protos import content
from messageapi.sandbox.client import SandboxControl

STATUS = "status@broadcast"


async def test_a_status_reaches_the_contacts_and_nobody_else(
    client: Any, control: SandboxControl, anna: str, ben: str, carla: str, arrives_at: Any
) -> None:
    await control.change(anna, contacts=[ben])
    for text in ("my first status", "my second status"):
        message_id = await client.do("send", to=STATUS, text=text)
        message = await arrives_at(ben, text)
        assert (message.id, message.chat, message.from_, message.group) == (message_id, STATUS, anna, False)
        assert (await arrives_at(anna, text)).own is True
    assert (await control.inbox(carla)).messages == []
    receipt = await client.event("receipt")
    assert receipt["ids"]


async def test_without_contacts_a_status_is_seen_by_the_own_phone_alone(
    client: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any
) -> None:
    await client.do("send", to=STATUS, text="to myself")
    await arrives_at(anna, "to myself")
    assert (await control.inbox(ben)).messages == []


async def test_a_newsletter_is_read_by_its_followers_and_written_by_its_owner_alone(
    client: Any, control: SandboxControl, anna: str, ben: str, carla: str, arrives_at: Any
) -> None:
    ours = await control.create_newsletter("News", anna, [ben])
    theirs = await control.create_newsletter("Other news", carla, [ben])
    message_id = await client.do("send", to=ours.id, text="issue 1")
    message = await arrives_at(ben, "issue 1")
    assert (message.id, message.chat, message.from_, message.enc) == (message_id, ours.id, ours.id, "plaintext")
    with pytest.raises(RuntimeError, match="403"):
        await client.do("send", to=theirs.id, text="not mine")
    with pytest.raises(RuntimeError, match="404"):
        await client.do("send", to="120363999999999999@newsletter", text="not there")


async def test_a_file_in_a_newsletter_is_not_encrypted_and_comes_as_the_same_bytes(
    client: Any, control: SandboxControl, anna: str, ben: str, arrives_at: Any
) -> None:
    newsletter = await control.create_newsletter("Pictures", anna, [ben])
    data = b"a picture" * 1000
    uploaded = await client.do("upload_newsletter", kind="Image", data=base64.b64encode(data).decode())
    message = content.Message()
    image = message.imageMessage
    image.directPath, image.fileLength, image.caption = uploaded["directPath"], len(data), "the picture"
    image.fileSHA256, image.mimetype = hashlib.sha256(data).digest(), "image/jpeg"
    encoded = base64.b64encode(message.SerializeToString()).decode()
    await client.do("send_message", to=newsletter.id, message=encoded)
    seen = await arrives_at(ben, "the picture")
    assert (seen.media.error, seen.media.size) == ("", len(data))
    assert await control.media(ben, seen.n) == data
