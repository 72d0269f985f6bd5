"""Every type of message through the real library: the other side's phone decrypts it and shows what was meant."""

import hashlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from messageapi.blobs.folder import FolderBlobs
from messageapi.engines.port import Connected, Inbound, NotSent, Sent
from messageapi.vocab.content import (
    Audio,
    Card,
    Contact,
    Content,
    Document,
    Edit,
    Image,
    Letter,
    Location,
    Media,
    Poll,
    Preview,
    Quote,
    Reaction,
    Revoke,
    Sticker,
    Target,
    Text,
    Video,
    Voice,
)

BYTES = bytes(range(256)) * 700  # more than two of the blob door's frames
JPEG = b"\xff\xd8\xff\xe0 a small picture"
_ids = itertools.count(1)

Says = Callable[..., Awaitable[Any]]


@pytest.fixture
async def file(linked: Any) -> Media:
    """In the blob door, of any type: neither the library nor the phone looks inside."""

    async def chunks() -> AsyncIterator[bytes]:
        yield BYTES

    stored = await FolderBlobs(linked.folder / "blobs").put(chunks())
    return Media(name=stored.name, key=stored.key, sha256=stored.sha256, size=stored.size, mime="image/png")


@pytest.fixture
async def said(linked: Any) -> Says:
    """Send this, and what the other side's phone shows of it: `await said(Text("hi"), mentions=[...])`."""
    await linked.open()

    async def say(content: Content, to: str = "", **more: Any) -> Any:
        message_id = f"m{next(_ids)}"
        await linked.post(message_id, Letter(content=content, **more), to)
        sent = await linked.worker.first(Sent, message_id)
        return await shown(linked, sent.wa_id)

    return say


async def shown(linked: Any, wa_id: str) -> Any:
    seen = 0
    while True:
        page = await linked.control.inbox(linked.other, seen, 20)
        assert page.messages, "it never arrived"
        for message in page.messages:
            if message.id == wa_id:
                return message
        seen = page.next


async def assert_whole(linked: Any, message: Any) -> None:
    """The same bytes, whose hash the message names."""
    assert (message.media.error, message.media.size) == ("", len(BYTES))
    assert message.media.sha256 == hashlib.sha256(BYTES).hexdigest()
    assert await linked.control.media(linked.other, message.n) == BYTES


async def test_pictures_and_films_arrive_with_their_captions(linked: Any, said: Says, file: Media) -> None:
    picture = await said(Image(media=file, caption="us", width=640, height=480, thumbnail=JPEG))
    assert (picture.type, picture.text, picture.media.mime) == ("image", "us", "image/png")
    assert (picture.media.width, picture.media.height, picture.media.thumbnail) == (640, 480, len(JPEG))
    await assert_whole(linked, picture)
    film = await said(Video(media=file, caption="we", seconds=9, thumbnail=JPEG))
    assert (film.type, film.text, film.media.seconds) == ("video", "we", 9)
    await assert_whole(linked, film)


async def test_sounds_and_voice_notes_are_told_apart(linked: Any, said: Says, file: Media) -> None:
    sound = await said(Audio(media=file, seconds=5))
    assert (sound.type, sound.media.seconds) == ("audio", 5)
    await assert_whole(linked, sound)
    voice = await said(Voice(media=file, seconds=3, waveform=bytes(range(64))))
    assert (voice.type, voice.media.mime, voice.media.waveform) == ("voice", "audio/ogg; codecs=opus", 64)
    await assert_whole(linked, voice)


async def test_documents_and_stickers_arrive(linked: Any, said: Says, file: Media) -> None:
    plain = await said(Document(media=file, filename="bill.pdf"))
    assert (plain.type, plain.text, plain.media.filename) == ("document", "", "bill.pdf")
    await assert_whole(linked, plain)
    captioned = await said(Document(media=file, filename="bill.pdf", caption="yours"))
    assert (captioned.type, captioned.text, captioned.media.filename) == ("document", "yours", "bill.pdf")
    await assert_whole(linked, captioned)
    sticker = await said(Sticker(media=file, animated=True))
    assert (sticker.type, sticker.media.animated) == ("sticker", True)
    await assert_whole(linked, sticker)


async def test_texts_places_cards_and_polls_arrive(said: Says) -> None:
    link = await said(Text("see https://a.example", Preview(url="https://a.example", title="A", thumbnail=JPEG)))
    assert (link.type, link.text) == ("text", "see https://a.example")
    assert (link.preview.url, link.preview.title, link.preview.thumbnail) == ("https://a.example", "A", len(JPEG))
    place = await said(Location(latitude=52.5, longitude=13.4, name="Gate", address="Berlin"))
    assert (place.type, place.location.latitude, place.location.name) == ("location", 52.5, "Gate")
    cards = [Card("Ann", "BEGIN:VCARD\nFN:Ann\nEND:VCARD"), Card("Bob", "BEGIN:VCARD\nFN:Bob\nEND:VCARD")]
    one, two = await said(Contact(cards[:1])), await said(Contact(cards))
    assert [(card.name, card.vcard) for card in one.contacts] == [("Ann", cards[0].vcard)]
    assert [card.name for card in two.contacts] == ["Ann", "Bob"]
    for choices in (1, 2):
        secret = bytes([choices]) * 32
        poll = await said(Poll(question="When?", options=["now", "soon", "later"], choices=choices, secret=secret))
        assert (poll.type, poll.poll.options, poll.poll.choices) == ("poll", ["now", "soon", "later"], choices)
        assert poll.poll.secret == secret.hex()


async def test_a_message_can_be_answered_reacted_to_edited_and_taken_back(linked: Any, said: Says) -> None:
    await linked.says("how are you?")
    theirs = await linked.worker.first(Inbound)
    answer = await said(Text("fine"), quote=Quote(target=Target(theirs.wa_id, theirs.sender), text="how are you?"))
    assert (answer.quote.id, answer.quote.text, answer.quote.found) == (theirs.wa_id, "how are you?", True)
    thumb = await said(Reaction(target=Target(theirs.wa_id, theirs.sender), emoji="\N{THUMBS UP SIGN}"))
    assert (thumb.type, thumb.text, thumb.target.found) == ("reaction", "\N{THUMBS UP SIGN}", True)
    edit = await said(Edit(target=Target(answer.id), text="very well"))
    assert (edit.type, edit.text, edit.target.id, edit.target.found) == ("edit", "very well", answer.id, True)
    revoke = await said(Revoke(target=Target(answer.id)))
    assert (revoke.type, revoke.target.id, revoke.target.found) == ("revoke", answer.id, True)


async def test_a_caption_is_edited(said: Says, file: Media) -> None:
    picture = await said(Image(media=file, caption="old"))
    edit = await said(Edit(target=Target(picture.id), text="new", of="image"))
    assert (edit.type, edit.text, edit.target.found) == ("edit", "new", True)


async def test_in_a_group_everyone_gets_it_and_people_are_mentioned(linked: Any, said: Says, file: Media) -> None:
    group = await linked.control.create_group("Friends", [linked.phone, linked.other])
    picture = await said(Image(media=file, caption="us"), group.id)
    assert (picture.type, picture.text, picture.group) == ("image", "us", True)
    await assert_whole(linked, picture)
    named = await said(Text("hi @you"), group.id, mentions=[linked.person], forwarded=True)
    assert (named.mentions, named.forwarded) == ([linked.other], True)
    everyone = await said(Text("hi @all"), group.id, mentions_all=True)
    assert everyone.mentions_all
    ours = await said(Text("me too"), group.id, quote=Quote(target=Target(named.id), text="hi @you"))
    assert (ours.quote.id, ours.quote.found) == (named.id, True)
    await linked.control.send(linked.other, group.id, "hello all")
    theirs = await linked.worker.first(Inbound)
    heart = await said(Reaction(target=Target(theirs.wa_id, theirs.sender), emoji="!"), group.id)
    assert heart.target.found
    revoke = await said(Revoke(target=Target(everyone.id)), group.id)
    assert revoke.target.found


async def test_a_file_that_is_gone_fails_alone(linked: Any, said: Says, file: Media) -> None:
    [path] = (linked.folder / "blobs").rglob(file.name)
    path.unlink()
    await linked.post("no-file", Letter(content=Image(media=file)))
    failed = await linked.worker.first(NotSent, "no-file")
    assert (failed.code, failed.permanent) == ("media_gone", True)
    assert (await said(Text("after"))).text == "after"
    assert len(linked.worker.of(Connected)) == 1


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [(413, "media_too_large", True), (415, "media_refused", True), (503, "media_not_uploaded", False)],
)
async def test_a_refused_upload_sends_nothing_and_says_why(
    linked: Any, file: Media, status: int, code: str, permanent: bool
) -> None:
    await linked.open()
    await linked.control.faults(refuse_uploads=status)
    try:
        await linked.post("refused", Letter(content=Image(media=file)))
        failed = await linked.worker.first(NotSent, "refused")
    finally:
        await linked.control.faults(refuse_uploads=0)
    assert (failed.code, failed.permanent) == (code, permanent)
    await linked.post("after", Letter(content=Image(media=file, caption="after")))
    await linked.worker.first(Sent, "after")
    assert await linked.arrived(1) == ["after"]
