"""What tells about a file's content is sealed in the database."""

import base64
from typing import Any

from messageapi.media.attach import attach
from messageapi.media.source import Source


async def test_no_secret_of_a_file_lies_open_in_its_row(doors: Any, alice: Any, settings: Any) -> None:
    source = Source(base64=base64.b64encode(b"content").decode(), filename="canary-of-the-name.txt")
    attached = await attach(doors, alice, "document", source)
    held_in = b"".join(path.read_bytes() for path in settings.data_folder.rglob("*.db*"))
    assert attached.media.name.encode() in held_in
    for secret in (b"canary-of-the-name", attached.media.key, attached.media.sha256):
        assert secret not in held_in
