"""A file that comes wakes whoever fetches it; what brings none wakes nobody."""

from typing import Any

from messageapi.bus.subjects import BELL_FILES
from messageapi.engines.port import Inbound
from messageapi.vocab.content import Image, Letter, Media, Remote, Text

ANNA = "4915123456789@s.whatsapp.net"


def came(wa_id: str, content: Any) -> Inbound:
    return Inbound(wa_id, ANNA, ANNA, "", "", "Anna", "image", Letter(content=content), 1_790_000_000_000)


def picture() -> Image:
    lies = Remote(kind="image", path="/v/1", key=bytes(32), enc_sha256=bytes(32))
    return Image(media=Media(name="", key=b"", sha256=bytes(32), size=10, mime="image/png", remote=lies))


async def test_files_ring_for_their_numbers_once_they_are_taken_in(worker: Any, story: Any) -> None:
    rung: list[str] = []
    story.doors.bells.listen(BELL_FILES, rung.append)
    other = await story.connected("another", "+12025550101")
    story.host.report(other, came("T1", Text("Hello")))
    await story.eventually(lambda: story.host.journals[other].taken == 1)
    assert rung == []
    story.host.report(story.number, came("P1", picture()), came("P2", picture()), came("T2", Text("Look")))
    await story.eventually(lambda: story.host.journals[story.number].taken == 3)
    assert rung == [story.number]
    assert worker
