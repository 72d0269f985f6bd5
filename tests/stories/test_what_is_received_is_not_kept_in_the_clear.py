"""Whatever a received message says, in any part, is never on the disk in the clear; what was taken back is gone."""

import secrets
from pathlib import Path
from typing import Any

from messageapi.engines.port import Inbound
from messageapi.messages.accepting.send import send
from messageapi.messages.content.requests import PollMessage
from messageapi.store.sqlite_file import truncate_wal
from messageapi.store.tables import bodies
from messageapi.vocab.content import (
    Answer,
    Card,
    Contact,
    Content,
    Document,
    Edit,
    Letter,
    Location,
    Media,
    Poll,
    Quote,
    Reaction,
    Remote,
    Revoke,
    Target,
    Text,
)

DANA = "12025550177@s.whatsapp.net"
MARK = f"canary-{secrets.token_hex(24)}"


def said() -> list[Letter]:
    """The mark in every place where a stranger's words can stand."""
    key = MARK.encode()[:32]
    remote = Remote(kind="document", path=f"/{MARK}", key=key, enc_sha256=b"e" * 32)
    media = Media(name="", key=b"", sha256=b"s" * 32, size=9, mime="application/pdf", remote=remote)
    contents: list[Content] = [
        Text(MARK),
        Document(media=media, filename=MARK, caption=MARK),
        Location(latitude=1.0, longitude=2.0, name=MARK, address=MARK),
        Contact([Card(MARK, MARK)]),
        Poll(question=MARK, options=[MARK, "b"], secret=key),
        Answer(of="button", id=MARK, text=MARK),
        Reaction(target=Target("IN0", DANA), emoji=MARK),
        Edit(target=Target("IN0", DANA), text=MARK),
    ]
    quote = Quote(target=Target("OLD", DANA), text=MARK)
    return [Letter(content=each, quote=quote) for each in contents]


def on_disk(folder: Path, needle: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


def came(story: Any, number: int, letter: Letter) -> Inbound:
    kind, now = str(letter.content.__struct_config__.tag), story.simulator.now_ms()
    return Inbound(f"IN{number}", DANA, DANA, "+12025550177", "77@lid", MARK, kind, letter, now)


async def taken(story: Any) -> None:
    journal = story.host.journals[story.number]
    await story.eventually(lambda: journal.taken == len(journal.events))


async def test_no_part_of_a_received_message_is_on_the_disk(worker: Any, story: Any, tmp_path: Path) -> None:
    letters = said()
    story.host.report(story.number, *(came(story, number, letter) for number, letter in enumerate(letters)))
    await taken(story)
    assert len(await story.told()) == len(letters)
    assert all(MARK in str(event["data"]) for event in await story.told()), "or the search below proves nothing"
    assert on_disk(tmp_path, MARK.encode()) == []
    assert on_disk(tmp_path, MARK.encode()[:32]) == []


async def test_a_sent_poll_that_waits_for_votes_is_not_on_the_disk(worker: Any, story: Any, tmp_path: Path) -> None:
    request = PollMessage(to="+12025550123", question=MARK, options=[MARK, "b"])
    await story.until((await send(story.doors, story.alice, request)).id, "read")
    async with story.doors.db.reading() as tx:
        assert len(await tx.rows(bodies.select())) == 1
    assert on_disk(tmp_path, MARK.encode()) == []


async def test_the_sealed_body_of_what_was_taken_back_is_gone(worker: Any, story: Any, tmp_path: Path) -> None:
    story.host.report(story.number, came(story, 1, Letter(content=Text(MARK))))
    await taken(story)
    async with story.doors.db.reading() as tx:
        (body,) = await tx.rows(bodies.select())
    assert on_disk(tmp_path, body.sealed), "the search must find what is there"
    story.host.report(story.number, came(story, 2, Letter(content=Revoke(target=Target("IN1", DANA)))))
    await taken(story)
    await story.eventually(lambda: truncate_wal(tmp_path / "data" / "messageapi.db"))
    assert on_disk(tmp_path, body.sealed) == []
