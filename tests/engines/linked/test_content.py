"""A letter becomes the message that the official apps would send."""

from typing import Any

import pytest

from messageapi.engines.linked.content.letters import message
from messageapi.engines.linked.content.writing import AUDIO, DOCUMENT, IMAGE, VIDEO, Me, Uploaded, Writing
from messageapi.engines.port import EngineError
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

PERSON, GROUP, CHANNEL, STATUS = "7@lid", "123@g.us", "9@newsletter", "status@broadcast"
ME = Me("491511@s.whatsapp.net", "1@lid")
FILE = Media(name="f1", key=bytes(32), sha256=b"s" * 32, size=7, mime="image/png")


def made(content: Content, chat: str = PERSON, **said: Any) -> Any:
    def upload(media: Media, kind: int) -> Uploaded:
        return Uploaded("https://there/f1", f"/kind{kind}", b"k" * 32, b"e" * 32, media.sha256, media.size)

    return message(Letter(content=content, **said), Writing(chat, ME, upload))


def kind_of(proto: Any) -> str:
    """The one part the message has."""
    [(field, _)] = proto.ListFields()
    return str(field.name)


def test_a_plain_text_stays_plain() -> None:
    proto = made(Text("hello"))
    assert (kind_of(proto), proto.conversation) == ("conversation", "hello")


def test_a_link_is_shown_with_its_preview() -> None:
    preview = Preview(url="https://a.example", title="A", description="about a", thumbnail=b"\xff\xd8")
    rich = made(Text("see https://a.example", preview)).extendedTextMessage
    assert (rich.text, rich.matchedText) == ("see https://a.example", "https://a.example")
    assert (rich.title, rich.description, rich.JPEGThumbnail) == ("A", "about a", b"\xff\xd8")


@pytest.mark.parametrize(
    ("content", "part", "kind"),
    [
        (Image(media=FILE), "imageMessage", IMAGE),
        (Video(media=FILE), "videoMessage", VIDEO),
        (Audio(media=FILE), "audioMessage", AUDIO),
        (Voice(media=FILE), "audioMessage", AUDIO),
        (Document(media=FILE), "documentMessage", DOCUMENT),
        (Sticker(media=FILE), "stickerMessage", IMAGE),
    ],
)
def test_a_file_is_named_where_it_lies_with_the_key_that_opens_it(content: Content, part: str, kind: int) -> None:
    proto = made(content)
    assert kind_of(proto) == part
    file = getattr(proto, part)
    assert (file.URL, file.directPath, file.mediaKey) == ("https://there/f1", f"/kind{kind}", b"k" * 32)
    assert (file.fileSHA256, file.fileEncSHA256, file.fileLength) == (b"s" * 32, b"e" * 32, 7)
    assert file.mediaKeyTimestamp > 1_700_000_000


def test_a_picture_says_how_large_it_is_and_what_it_looks_like() -> None:
    picture = made(Image(media=FILE, caption="us", width=640, height=480, thumbnail=b"\xff\xd8")).imageMessage
    assert (picture.caption, picture.mimetype) == ("us", "image/png")
    assert (picture.width, picture.height, picture.JPEGThumbnail) == (640, 480, b"\xff\xd8")


def test_what_is_not_known_about_a_film_is_left_out() -> None:
    film = made(Video(media=FILE, caption="we", seconds=9)).videoMessage
    assert (film.caption, film.seconds) == ("we", 9)
    assert not film.HasField("width")
    assert not film.HasField("JPEGThumbnail")


def test_a_voice_note_is_no_music_file() -> None:
    voice = made(Voice(media=FILE, seconds=3, waveform=bytes(64))).audioMessage
    music = made(Audio(media=FILE, seconds=3)).audioMessage
    assert (voice.PTT, voice.mimetype, voice.seconds) == (True, "audio/ogg; codecs=opus", 3)
    assert voice.waveform == bytes(64)
    assert (music.PTT, music.mimetype, music.HasField("waveform")) == (False, "image/png", False)


def test_a_document_with_a_caption_travels_in_a_wrapper() -> None:
    proto = made(Document(media=FILE, filename="bill.pdf", caption="yours"))
    assert kind_of(proto) == "documentWithCaptionMessage"
    inside = proto.documentWithCaptionMessage.message.documentMessage
    assert (inside.fileName, inside.caption) == ("bill.pdf", "yours")
    assert made(Document(media=FILE, filename="bill.pdf")).documentMessage.fileName == "bill.pdf"


def test_a_document_without_a_name_gets_one() -> None:
    assert made(Document(media=FILE)).documentMessage.fileName == "file"


def test_a_sticker_says_that_it_moves() -> None:
    sticker = made(Sticker(media=FILE, animated=True)).stickerMessage
    assert (sticker.isAnimated, sticker.width, sticker.height) == (True, 512, 512)


def test_a_place_has_its_name() -> None:
    place = made(Location(latitude=52.5, longitude=13.4, name="Gate", address="Berlin")).locationMessage
    assert (place.degreesLatitude, place.degreesLongitude) == (52.5, 13.4)
    assert (place.name, place.address) == ("Gate", "Berlin")


def test_one_card_and_several_are_two_types() -> None:
    ann, bob = Card("Ann", "BEGIN:VCARD"), Card("Bob", "BEGIN:VCARD")
    assert made(Contact([ann])).contactMessage.displayName == "Ann"
    several = made(Contact([ann, bob])).contactsArrayMessage
    assert [card.displayName for card in several.contacts] == ["Ann", "Bob"]


@pytest.mark.parametrize(("choices", "told"), [(1, 1), (2, 2), (3, 0), (0, 0)])
def test_a_poll_says_how_many_may_be_picked(choices: int, told: int) -> None:
    poll = Poll(question="When?", options=["now", "soon", "later"], choices=choices, secret=b"p" * 32)
    proto = made(poll)
    asked = proto.pollCreationMessage
    assert (asked.name, asked.selectableOptionsCount) == ("When?", told)
    assert [option.optionName for option in asked.options] == ["now", "soon", "later"]
    assert proto.messageContextInfo.messageSecret == b"p" * 32


def test_a_poll_without_a_secret_gets_one() -> None:
    first, second = (made(Poll(question="?", options=["a", "b"])).messageContextInfo for _ in range(2))
    assert len(first.messageSecret) == 32
    assert first.messageSecret != second.messageSecret


@pytest.mark.parametrize(
    ("chat", "sender", "from_me", "participant"),
    [
        (PERSON, "", True, ""),
        (PERSON, PERSON, False, ""),
        (GROUP, "8@lid", False, "8@lid"),
        (GROUP, "1@lid", True, ""),
        (GROUP, "491511:3@s.whatsapp.net", True, ""),
    ],
)
def test_a_reaction_points_at_its_message(chat: str, sender: str, from_me: bool, participant: str) -> None:
    reaction = made(Reaction(target=Target("3EB0", sender), emoji="\N{THUMBS UP SIGN}"), chat).reactionMessage
    assert (reaction.key.ID, reaction.key.remoteJID) == ("3EB0", chat)
    assert (reaction.key.fromMe, reaction.key.participant) == (from_me, participant)
    assert reaction.text == "\N{THUMBS UP SIGN}"


def test_a_reaction_taken_back_is_an_empty_one() -> None:
    reaction = made(Reaction(target=Target("3EB0"), emoji="")).reactionMessage
    assert (reaction.HasField("text"), reaction.text) == (True, "")


def edited(content: Edit, **said: Any) -> Any:
    change = made(content, **said).editedMessage.message.protocolMessage
    assert (change.type, change.key.ID, change.key.fromMe) == (14, "3EB0", True)
    return change.editedMessage


def test_a_text_is_edited_in_place() -> None:
    assert edited(Edit(target=Target("3EB0"), text="better")).conversation == "better"


def test_a_caption_is_edited_in_a_message_of_its_own_type() -> None:
    new = {"target": Target("3EB0"), "text": "better"}
    assert edited(Edit(of="image", **new)).imageMessage.caption == "better"  # type: ignore[arg-type]
    assert edited(Edit(of="video", **new)).videoMessage.caption == "better"  # type: ignore[arg-type]
    wrapped = edited(Edit(of="document", **new)).documentWithCaptionMessage.message  # type: ignore[arg-type]
    assert wrapped.documentMessage.caption == "better"


def test_an_edited_text_can_mention() -> None:
    new = edited(Edit(target=Target("3EB0"), text="hi @8"), mentions=["8@lid"])
    assert list(new.extendedTextMessage.contextInfo.mentionedJID) == ["8@lid"]


def test_a_message_is_taken_back() -> None:
    change = made(Revoke(target=Target("3EB0", "8@lid")), GROUP).protocolMessage
    assert (change.type, change.key.ID, change.key.fromMe, change.key.participant) == (0, "3EB0", False, "8@lid")
    assert change.HasField("type")


def context(**said: Any) -> Any:
    return made(Text("hi"), GROUP, **said).extendedTextMessage.contextInfo


def test_an_answer_shows_what_it_answers() -> None:
    answer = context(quote=Quote(target=Target("3EB0", "8@lid"), text="how are you?"))
    assert (answer.stanzaID, answer.participant) == ("3EB0", "8@lid")
    assert answer.quotedMessage.conversation == "how are you?"


@pytest.mark.parametrize(("chat", "me"), [(GROUP, "1@lid"), (PERSON, "1@lid"), ("5@s.whatsapp.net", ME.jid)])
def test_an_answer_to_ourselves_names_us(chat: str, me: str) -> None:
    proto = made(Text("hi"), chat, quote=Quote(target=Target("3EB0")))
    answer = proto.extendedTextMessage.contextInfo
    assert answer.participant == me
    assert answer.HasField("quotedMessage")


def test_mentions_name_people_or_everyone() -> None:
    assert list(context(mentions=["8@lid", "9@lid"]).mentionedJID) == ["8@lid", "9@lid"]
    assert context(mentions_all=True).nonJIDMentions == 1


def test_nobody_is_everyone_in_a_chat_of_two() -> None:
    assert kind_of(made(Text("hi"), PERSON, mentions_all=True)) == "conversation"


def test_a_forwarded_message_says_so() -> None:
    assert (context(forwarded=True).isForwarded, context(forwarded=True).forwardingScore) == (True, 1)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (Image(media=FILE), "imageMessage"),
        (Video(media=FILE), "videoMessage"),
        (Audio(media=FILE), "audioMessage"),
        (Voice(media=FILE), "audioMessage"),
        (Document(media=FILE), "documentMessage"),
        (Sticker(media=FILE), "stickerMessage"),
        (Location(latitude=0, longitude=0), "locationMessage"),
        (Contact([Card("Ann", "")]), "contactMessage"),
        (Contact([Card("Ann", ""), Card("Bob", "")]), "contactsArrayMessage"),
        (Poll(question="?", options=["a", "b"]), "pollCreationMessage"),
    ],
)
def test_every_type_can_answer(content: Content, part: str) -> None:
    proto = made(content, quote=Quote(target=Target("3EB0", "7@lid")))
    assert getattr(proto, part).contextInfo.stanzaID == "3EB0"


def test_a_text_status_has_a_background() -> None:
    assert made(Text("today"), STATUS).extendedTextMessage.backgroundArgb


@pytest.mark.parametrize(
    ("content", "chat"),
    [(Poll(question="?", options=["a"]), STATUS), (Image(media=FILE), CHANNEL), (Sticker(media=FILE), STATUS)],
)
def test_what_a_place_cannot_take_is_refused_before_anything_leaves(content: Content, chat: str) -> None:
    with pytest.raises(EngineError) as refused:
        made(content, chat)
    assert (refused.value.code, refused.value.permanent, refused.value.left) == ("unsupported", True, False)


def test_a_text_goes_to_a_channel() -> None:
    assert made(Text("news"), CHANNEL).conversation == "news"
