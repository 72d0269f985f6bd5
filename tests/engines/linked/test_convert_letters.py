"""What a message says, of every type, as a letter; bounded, whoever wrote it."""

from collections.abc import Callable
from typing import Any

import pytest

from messageapi.engines.linked import convert
from messageapi.engines.linked.content.writing import Me
from messageapi.engines.linked.library.protos import content, wire
from messageapi.engines.port import Inbound
from messageapi.vocab.content import (
    Answer,
    Audio,
    Card,
    Contact,
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
    Remote,
    Revoke,
    Sticker,
    Target,
    Text,
    Video,
    Voice,
    Vote,
)

OURS, OUR_LID = "491510@s.whatsapp.net", "9@lid"
ANNA, BEN, GROUP = "7@lid", "8@lid", "1203@g.us"
FILE: dict[str, object] = {
    "mimetype": "image/png",
    "mediaKey": b"k" * 32,
    "fileSHA256": b"s" * 32,
    "fileEncSHA256": b"e" * 32,
}
FILE |= {"fileLength": 9, "directPath": "/v/t62?x=1"}

Read = Callable[..., Inbound]


def jid(text: str) -> Any:
    user, _, server = text.partition("@")
    return wire.JID(User=user, RawAgent=0, Device=0, Integrator=0, Server=server, IsEmpty=not user)


def heard(message: Any, *, chat: str = ANNA, sender: str = ANNA, from_me: bool = False) -> Inbound | None:
    source = wire.MessageSource(
        Chat=jid(chat),
        Sender=jid(sender),
        IsFromMe=from_me,
        IsGroup=chat == GROUP,
        SenderAlt=jid(""),
        RecipientAlt=jid(""),
        BroadcastListOwner=jid(""),
    )
    info = wire.MessageInfo(
        MessageSource=source,
        ID="3A01",
        ServerID=0,
        Type="text",
        Pushname="Anna",
        Timestamp=1_700_000_000_000,
        Category="",
        Multicast=False,
        MediaType="",
        Edit="",
    )
    flags = dict.fromkeys(
        ("IsEphemeral", "IsViewOnce", "IsViewOnceV2", "IsViewOnceV2Extension", "IsDocumentWithCaption"), False
    )
    event = wire.Message(
        Info=info,
        Message=message,
        **flags,
        IsLottieSticker=False,
        IsEdit=False,
        UnavailableRequestID="",
        RetryCount=0,
    )
    return convert.inbound(event, Me(OURS, OUR_LID), late=False)


def letter(message: Any, **where: Any) -> Letter:
    got = heard(message, **where)
    assert got
    assert got.letter
    return got.letter


def kind(message: Any, **where: Any) -> str:
    got = heard(message, **where)
    return got.message_type if got else ""


def media(mime: str = "image/png", of: Any = "image") -> Media:
    remote = Remote(kind=of, path="/v/t62?x=1", key=b"k" * 32, enc_sha256=b"e" * 32)
    return Media(name="", key=b"", sha256=b"s" * 32, size=9, mime=mime, remote=remote)


def key(wa_id: str = "3EB0", *, mine: bool = False, author: str = "") -> Any:
    return content.Message(
        reactionMessage=content.ReactionMessage(key={"ID": wa_id, "fromMe": mine, "participant": author})
    ).reactionMessage.key


FILES = [
    (
        content.Message(imageMessage=content.ImageMessage(**FILE, caption="us", width=4, height=3)),
        "image",
        Image(media=media(), caption="us", width=4, height=3),
    ),
    (
        content.Message(videoMessage=content.VideoMessage(**{**FILE, "mimetype": "video/mp4"}, seconds=5)),
        "video",
        Video(media=media("video/mp4", "video"), seconds=5),
    ),
    (
        content.Message(ptvMessage=content.VideoMessage(**{**FILE, "mimetype": "video/mp4"})),
        "video",
        Video(media=media("video/mp4", "video")),
    ),
    (
        content.Message(audioMessage=content.AudioMessage(**{**FILE, "mimetype": "audio/mpeg"}, seconds=7)),
        "audio",
        Audio(media=media("audio/mpeg", "audio"), seconds=7),
    ),
    (
        content.Message(
            audioMessage=content.AudioMessage(**{**FILE, "mimetype": "audio/ogg; codecs=opus"}, PTT=True, waveform=b"w")
        ),
        "voice",
        Voice(media=media("audio/ogg; codecs=opus", "audio"), waveform=b"w"),
    ),
    (
        content.Message(documentMessage=content.DocumentMessage(**FILE, fileName="bill.pdf")),
        "document",
        Document(media=media(of="document"), filename="bill.pdf"),
    ),
    (
        content.Message(stickerMessage=content.StickerMessage(**FILE, isAnimated=True)),
        "sticker",
        Sticker(media=media(of="sticker"), animated=True),
    ),
]


@pytest.mark.parametrize(("message", "name", "said"), FILES)
def test_a_file_says_where_it_lies_and_is_not_fetched(message: Any, name: str, said: Any) -> None:
    assert (kind(message), letter(message).content) == (name, said)


def test_a_document_with_a_caption_is_unwrapped() -> None:
    inner = content.Message(documentMessage=content.DocumentMessage(**FILE, title="bill.pdf", caption="yours"))
    got = letter(content.Message(documentWithCaptionMessage=content.FutureProofMessage(message=inner))).content
    assert got == Document(media=media(of="document"), filename="bill.pdf", caption="yours")


CARD = content.ContactMessage(displayName="Ann", vcard="BEGIN:VCARD")
POLL: dict[str, Any] = {
    "name": "When?",
    "options": [{"optionName": "now"}, {"optionName": "later"}],
    "selectableOptionsCount": 1,
}
SECRET = content.MessageContextInfo(messageSecret=b"p" * 32)
ASKED = Poll(question="When?", options=["now", "later"], choices=1, secret=b"p" * 32)

PLAIN = [
    (
        content.Message(locationMessage={"degreesLatitude": 52.5, "degreesLongitude": 13.4, "name": "Gate"}),
        Location(latitude=52.5, longitude=13.4, name="Gate"),
    ),
    (
        content.Message(liveLocationMessage={"degreesLatitude": 52.5, "degreesLongitude": 13.4, "caption": "here"}),
        Location(latitude=52.5, longitude=13.4, name="here", live=True),
    ),
    (content.Message(contactMessage=CARD), Contact([Card("Ann", "BEGIN:VCARD")])),
    (content.Message(contactsArrayMessage={"contacts": [CARD, CARD]}), Contact([Card("Ann", "BEGIN:VCARD")] * 2)),
    (content.Message(pollCreationMessage=POLL, messageContextInfo=SECRET), ASKED),
    (content.Message(pollCreationMessageV3=POLL, messageContextInfo=SECRET), ASKED),
    (
        content.Message(buttonsResponseMessage={"selectedButtonID": "b1", "selectedDisplayText": "Yes"}),
        Answer(of="button", id="b1", text="Yes"),
    ),
    (
        content.Message(templateButtonReplyMessage={"selectedID": "b1", "selectedDisplayText": "Yes"}),
        Answer(of="button", id="b1", text="Yes"),
    ),
    (
        content.Message(listResponseMessage={"title": "Large", "singleSelectReply": {"selectedRowID": "r1"}}),
        Answer(of="list", id="r1", text="Large"),
    ),
    (
        content.Message(
            interactiveResponseMessage={
                "body": {"text": "Yes"},
                "nativeFlowResponseMessage": {"paramsJSON": '{"id": "q1", "more": 1}'},
            }
        ),
        Answer(of="button", id="q1", text="Yes"),
    ),
    (
        content.Message(interactiveResponseMessage={"nativeFlowResponseMessage": {"paramsJSON": "{"}}),
        Answer(of="button", id="", text=""),
    ),
    (content.Message(buttonsMessage={"contentText": "Choose"}), Text("Choose")),
    (content.Message(listMessage={"title": "Sizes", "description": "Choose"}), Text("Sizes\nChoose")),
    (content.Message(templateMessage={"hydratedTemplate": {"hydratedContentText": "Paid"}}), Text("Paid")),
    (content.Message(interactiveMessage={"body": {"text": "Pay"}}), Text("Pay")),
    (
        content.Message(extendedTextMessage={"text": "see a.example", "matchedText": "a.example", "title": "A"}),
        Text("see a.example", Preview(url="a.example", title="A")),
    ),
]


@pytest.mark.parametrize(("message", "said"), PLAIN)
def test_what_is_complete_in_itself_is_read(message: Any, said: Any) -> None:
    assert letter(message).content == said


def test_the_secret_of_a_poll_in_a_wrapper_stands_outside() -> None:
    inner = content.Message(pollCreationMessageV5=POLL)
    wrapped = content.Message(ephemeralMessage={"message": inner}, messageContextInfo=SECRET)
    assert letter(wrapped).content == ASKED


def test_a_reply_names_the_message_and_what_its_quote_shows() -> None:
    context = {"stanzaID": "3EB0", "participant": "491510:3@s.whatsapp.net", "quotedMessage": {"conversation": "hm?"}}
    got = letter(content.Message(extendedTextMessage={"text": "yes", "contextInfo": context}))
    assert got.quote == Quote(target=Target("3EB0"), text="hm?"), "we wrote it"
    context |= {"participant": BEN, "quotedMessage": {"imageMessage": {"caption": "us"}}}
    got = letter(content.Message(imageMessage={**FILE, "contextInfo": context}), chat=GROUP)
    assert got.quote == Quote(target=Target("3EB0", BEN), text="us")


def test_mentions_and_forwarding_are_told() -> None:
    context = {"mentionedJID": ["7:2@lid", "7@lid", "nobody", OURS], "isForwarded": True, "expiration": 86_400}
    got = letter(content.Message(extendedTextMessage={"text": "hi", "contextInfo": context}))
    assert (got.mentions, got.forwarded, got.disappears_s) == ([ANNA, OURS], True, 86_400)
    everyone = content.Message(extendedTextMessage={"text": "hi", "contextInfo": {"nonJIDMentions": 1}})
    assert letter(everyone, chat=GROUP).mentions_all


@pytest.mark.parametrize("wrapper", ["viewOnceMessage", "viewOnceMessageV2", "viewOnceMessageV2Extension"])
def test_what_may_be_seen_once_says_so(wrapper: str) -> None:
    inner = content.Message(imageMessage=content.ImageMessage(**FILE))
    got = letter(content.Message(ephemeralMessage={"message": {wrapper: {"message": inner}}}))
    assert (got.view_once, got.content) == (True, Image(media=media()))


def test_wrappers_without_end_are_no_message() -> None:
    message = content.Message(conversation="deep")
    for _ in range(40):
        message = content.Message(ephemeralMessage={"message": message})
    assert heard(message) is None


def react(of: Any, **where: Any) -> Reaction:
    got = letter(content.Message(reactionMessage={"key": of, "text": "+"}), **where).content
    assert isinstance(got, Reaction)
    return got


def test_a_reaction_names_the_message_as_we_see_it() -> None:
    assert react(key()).target == Target("3EB0"), "`not mine` between two is ours"
    assert react(key(mine=True)).target == Target("3EB0", ANNA)
    assert react(key(author=BEN), chat=GROUP).target == Target("3EB0", BEN)
    assert react(key(author="9:4@lid"), chat=GROUP).target == Target("3EB0")
    ours = {"sender": OUR_LID, "from_me": True}
    assert react(key(mine=True), **ours).target == Target("3EB0")
    assert react(key(), **ours).target == Target("3EB0", ANNA)


def test_an_empty_reaction_is_one_taken_back() -> None:
    got = letter(content.Message(reactionMessage={"key": key()})).content
    assert got == Reaction(target=Target("3EB0"), emoji="")


def test_a_vote_brings_what_the_secret_of_its_poll_opens() -> None:
    vote = {"pollCreationMessageKey": key(), "vote": {"encPayload": b"sealed", "encIV": b"i" * 12}}
    assert kind(content.Message(pollUpdateMessage=vote)) == "poll_vote"
    got = letter(content.Message(pollUpdateMessage=vote)).content
    assert got == Vote(target=Target("3EB0"), payload=b"sealed", iv=b"i" * 12)


CHANGES = {"REVOKE", "MESSAGE_EDIT"}


def change(number: int, of: Any, **more: Any) -> Any:
    return content.Message(protocolMessage={"type": number, "key": of, **more})


def test_a_revoke_names_who_wrote_the_message() -> None:
    assert letter(change(0, key(mine=True))).content == Revoke(target=Target("3EB0", ANNA))
    assert letter(change(0, key(author=BEN)), chat=GROUP).content == Revoke(target=Target("3EB0", BEN))


def test_an_edit_is_of_its_writers_own_message_whatever_it_says() -> None:
    edited = content.Message(conversation="better")
    for of in (key(mine=True), key(), key(author=BEN)):
        got = letter(change(14, of, editedMessage=edited), chat=GROUP).content
        assert got == Edit(target=Target("3EB0", ANNA), text="better")
    caption = content.Message(imageMessage={"caption": "better"})
    inner = {"message": change(14, key(mine=True), editedMessage=caption)}
    got = letter(content.Message(editedMessage=inner)).content
    assert got == Edit(target=Target("3EB0", ANNA), text="better", of="image")


@pytest.mark.parametrize("name", sorted(set(content.ProtocolMessage.Type.DESCRIPTOR.values_by_name) - CHANGES))
def test_all_else_that_a_stranger_says_about_protocol_is_nothing(name: str) -> None:
    assert heard(change(content.ProtocolMessage.Type.Value(name), key())) is None


def test_an_edit_of_an_edit_is_nothing() -> None:
    inner = change(14, key(), editedMessage=content.Message(conversation="x"))
    assert heard(change(14, key(), editedMessage=inner)) is None


def test_what_a_stranger_writes_is_bounded() -> None:
    wide = letter(content.Message(conversation="x" * 100_000)).content
    assert isinstance(wide, Text)
    assert len(wide.text) == 65_536
    name = "a/b\\c\n\u202efdp.exe" + "x" * 300
    named = letter(content.Message(documentMessage={**FILE, "fileName": name, "mimetype": "a\r\nb", "URL": ""})).content
    assert isinstance(named, Document)
    assert named.filename.startswith("a_b_c__fdp.exe")
    assert (len(named.filename), named.media.mime) == (255, "application/octet-stream")
    heavy = letter(content.Message(imageMessage={**FILE, "fileLength": 2**64 - 1})).content
    assert isinstance(heavy, Image)
    assert heavy.media.size == 1 << 40


@pytest.mark.parametrize(
    "lack", [{"directPath": "", "URL": ""}, {"mediaKey": b"short"}, {"directPath": "evil.example"}]
)
def test_a_file_that_nobody_could_fetch_has_no_place(lack: dict[str, Any]) -> None:
    got = letter(content.Message(imageMessage={**FILE, **lack})).content
    assert isinstance(got, Image)
    assert got.media.remote is None


def test_only_the_path_of_an_url_counts() -> None:
    got = letter(
        content.Message(imageMessage={**FILE, "directPath": "", "URL": "https://evil.example/v/1?a=b"})
    ).content
    assert isinstance(got, Image)
    assert got.media.remote
    assert got.media.remote.path == "/v/1?a=b"


def test_an_id_that_no_app_would_choose_gets_another_always_the_same() -> None:
    targets = [react(key(wa_id)).target.wa_id for wa_id in ("a b", "a b", "x" * 81, "a\x00b")]
    assert targets[0] == targets[1]
    assert len({*targets}) == 3
    assert all(len(each) <= 80 and each.isalnum() for each in targets)


def test_what_comes_by_a_broadcast_list_belongs_to_its_writer() -> None:
    got = heard(content.Message(conversation="to all"), chat="55@broadcast", sender=BEN)
    assert got
    assert (got.chat, got.sender) == (BEN, BEN)


def test_what_the_bus_could_not_carry_is_told_of_by_its_type_alone() -> None:
    """One event that never gets through would hold up the number's others for good."""
    card = {"displayName": "Ben", "vcard": "v" * 65_000}
    cards = content.Message(contactsArrayMessage={"displayName": "all", "contacts": [card] * 200})
    got = heard(cards)
    assert got
    assert (got.message_type, got.letter) == ("contact", None)
    assert letter(content.Message(contactsArrayMessage={"displayName": "few", "contacts": [card] * 5}))
