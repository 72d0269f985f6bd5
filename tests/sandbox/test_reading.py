"""What a phone sees in a decrypted message, against the definitions of the real protocol."""

import hashlib
import os
from typing import Any

import pytest

from messageapi.engines.linked.library.protos import content
from messageapi.sandbox.network import Account
from messageapi.sandbox.phones.content import votes
from messageapi.sandbox.phones.content.reading import describe
from messageapi.sandbox.shown import PollShown
from messageapi.sandbox.signal.media import Digests, MediaError, digests, seal, unseal
from messageapi.sandbox.wire.protobuf import decode, encode

Message, ContextInfo = content.Message, content.ContextInfo


def read(message: Any) -> Any:
    reading = describe(decode(message.SerializeToString()))
    assert reading
    return reading


MEDIA = {
    "image": "imageMessage",
    "video": "videoMessage",
    "audio": "audioMessage",
    "document": "documentMessage",
    "sticker": "stickerMessage",
}


@pytest.mark.parametrize("kind", MEDIA)
def test_everything_about_a_file_is_shown(kind: str) -> None:
    message = Message()
    body = getattr(message, MEDIA[kind])
    body.mimetype, body.directPath, body.mediaKey = "a/b", "/v/sandbox/x.enc?1", b"k" * 32
    body.fileSHA256, body.fileEncSHA256, body.fileLength = b"p" * 32, b"e" * 32, 99
    wanted: dict[str, object] = {"caption": "a caption", "fileName": "x.pdf", "seconds": 7, "width": 30, "height": 40}
    wanted |= {"JPEGThumbnail": b"jpeg", "isAnimated": True}
    for name, value in wanted.items():
        if name in body.DESCRIPTOR.fields_by_name:
            setattr(body, name, value)
    said = read(message).said
    assert (said.type, said.media.mime, said.media.sealed.length) == (kind, "a/b", 99)
    assert said.media.sealed.path == "/v/sandbox/x.enc?1"
    assert bytes.fromhex(said.media.sealed.key) == b"k" * 32
    assert bytes.fromhex(said.media.sealed.sha256) == b"p" * 32
    assert bytes.fromhex(said.media.sealed.enc_sha256) == b"e" * 32
    shown = {"caption": said.text, "fileName": said.media.filename, "seconds": said.media.seconds}
    shown |= {"width": said.media.width, "height": said.media.height, "isAnimated": said.media.animated}
    shown["JPEGThumbnail"] = b"jpeg" if said.media.thumbnail == 4 else b""
    for name, value in shown.items():
        assert value == (wanted[name] if name in body.DESCRIPTOR.fields_by_name else type(value)()), name


def test_a_voice_note_is_told_from_a_sound_file() -> None:
    message = Message()
    message.audioMessage.PTT, message.audioMessage.waveform = True, bytes(64)
    said = read(message).said
    assert (said.type, said.media.waveform) == ("voice", 64)


def test_a_text_with_a_preview_and_its_whole_context() -> None:
    message = Message()
    text = message.extendedTextMessage
    text.text, text.matchedText, text.title, text.description = "see https://a.b", "https://a.b", "A", "about A"
    text.JPEGThumbnail = b"jpeg"
    context = text.contextInfo
    context.stanzaID, context.participant = "Q1", "1@lid"
    context.quotedMessage.imageMessage.caption = "the picture"
    context.mentionedJID.extend(["2@lid", "491511@s.whatsapp.net"])
    context.nonJIDMentions, context.isForwarded, context.forwardingScore = 1, True, 127
    said = read(message).said
    assert (said.text, said.preview.url, said.preview.title) == ("see https://a.b", "https://a.b", "A")
    assert (said.preview.description, said.preview.thumbnail) == ("about A", 4)
    assert (said.quote.id, said.quote.from_, said.quote.type, said.quote.text) == (
        "Q1",
        "1@lid",
        "image",
        "the picture",
    )
    assert said.mentions == ["2@lid", "491511@s.whatsapp.net"]
    assert (said.mentions_all, said.forwarded, said.forwarding_score) == (True, True, 127)


@pytest.mark.parametrize(
    "field",
    [
        "imageMessage",
        "videoMessage",
        "audioMessage",
        "documentMessage",
        "stickerMessage",
        "locationMessage",
        "contactMessage",
        "contactsArrayMessage",
        "pollCreationMessage",
        "pollCreationMessageV3",
    ],
)
def test_every_kind_can_be_an_answer(field: str) -> None:
    message = Message()
    getattr(message, field).contextInfo.CopyFrom(ContextInfo(stanzaID="Q1", quotedMessage=Message(conversation="hi")))
    said = read(message).said
    assert (said.quote.id, said.quote.text) == ("Q1", "hi")


def test_places_and_cards() -> None:
    message = Message()
    place = message.locationMessage
    place.degreesLatitude, place.degreesLongitude, place.name, place.address = -23.5505, 46.6333, "Sé", "Praça 1"
    said = read(message).said
    assert (said.location.latitude, said.location.longitude) == (-23.5505, 46.6333)
    assert (said.location.name, said.location.address) == ("Sé", "Praça 1")
    one = Message()
    one.contactMessage.displayName, one.contactMessage.vcard = "Ana", "BEGIN:VCARD"
    assert [(card.name, card.vcard) for card in read(one).said.contacts] == [("Ana", "BEGIN:VCARD")]
    many = Message()
    for name in ("Ana", "Ben"):
        many.contactsArrayMessage.contacts.add(displayName=name, vcard=f"{name}'s")
    assert [card.name for card in read(many).said.contacts] == ["Ana", "Ben"]
    assert read(many).said.type == "contact"


@pytest.mark.parametrize("field", ["pollCreationMessage", "pollCreationMessageV2", "pollCreationMessageV3"])
def test_a_poll_of_every_version(field: str) -> None:
    message = Message()
    poll = getattr(message, field)
    poll.name, poll.selectableOptionsCount = "Tea?", 1
    for name in ("yes", "no"):
        poll.options.add(optionName=name)
    message.messageContextInfo.messageSecret = b"s" * 32
    said = read(message).said
    assert (said.type, said.poll.question, said.poll.options, said.poll.choices) == ("poll", "Tea?", ["yes", "no"], 1)
    assert bytes.fromhex(said.poll.secret) == b"s" * 32


def test_what_is_about_an_earlier_message_names_it() -> None:
    reaction, revoke, edit = Message(), Message(), Message()
    key = reaction.reactionMessage.key
    reaction.reactionMessage.text = "👍"
    key.ID, key.remoteJID, key.fromMe, key.participant = "M1", "1@lid", True, "2@lid"
    assert read(reaction).key == ("M1", "1@lid", True, "2@lid")
    assert (read(reaction).said.type, read(reaction).said.text) == ("reaction", "👍")
    revoke.protocolMessage.key.ID, revoke.protocolMessage.type = "M2", 0
    assert (read(revoke).said.type, read(revoke).key.id) == ("revoke", "M2")
    inside = edit.editedMessage.message.protocolMessage
    inside.key.ID, inside.type, inside.editedMessage.conversation = "M3", 14, "better"
    assert (read(edit).said.type, read(edit).said.text, read(edit).key.id) == ("edit", "better", "M3")
    caption = Message()
    caption.protocolMessage.key.ID, caption.protocolMessage.type = "M4", 14
    caption.protocolMessage.editedMessage.imageMessage.caption = "a better caption"
    assert (read(caption).said.text, read(caption).said.media) == ("a better caption", None)


def test_what_is_inside_a_wrapper_is_what_is_shown() -> None:
    for wrapper in ("ephemeralMessage", "viewOnceMessage", "documentWithCaptionMessage"):
        message = Message()
        getattr(message, wrapper).message.documentMessage.caption = "inside"
        assert (read(message).said.type, read(message).said.text) == ("document", "inside")
    assert read(Message(conversation="plain")).said.text == "plain"
    assert describe(decode(encode((200, b"new")))).said.type == "unknown"  # type: ignore[union-attr]


@pytest.mark.parametrize("message", [b"", encode((2, b"")), encode((35, b"")), encode((12, encode((2, 6))))])
def test_what_is_only_about_keys_is_no_message(message: bytes) -> None:
    assert describe(decode(message)) is None


@pytest.mark.parametrize("kind", ["image", "video", "audio", "voice", "document", "sticker"])
@pytest.mark.parametrize("size", [0, 1, 16, 100_001])
def test_a_sealed_file_comes_back_and_every_lie_about_it_is_noticed(kind: str, size: int) -> None:
    plain = os.urandom(size)
    key, file = seal(kind, plain)
    told = digests(plain, file)
    assert unseal(kind, key, file, told) == plain
    torn = file[:-1] + bytes([file[-1] ^ 1])
    lies = {
        "wrong_key": (key[:31], file, told),
        "wrong_file_enc_sha256": (key, torn, told),
        "wrong_mac": (key, torn, told._replace(enc_sha256=hashlib.sha256(torn).digest())),
        "wrong_file_sha256": (key, file, told._replace(sha256=bytes(32))),
        "wrong_file_length": (key, file, Digests(told.sha256, told.enc_sha256, size + 1)),
    }
    for code, lie in lies.items():
        with pytest.raises(MediaError) as noticed:
            unseal(kind, *lie)
        assert noticed.value.code == code
    other = "video" if kind != "video" else "image"
    with pytest.raises(MediaError) as noticed:
        unseal(other, key, file, told)
    assert noticed.value.code == "wrong_mac"


def test_a_vote_opens_whether_people_are_named_by_lid_or_by_number() -> None:
    poll = PollShown("Tea?", ["yes", "no", "later"], 2, (b"s" * 32).hex())
    network: Any = None
    author, voter = Account(network, "491511", "91", "A"), Account(network, "491512", "92", "B")
    for first in (author.lid_jid, author.pn_jid):
        for second in (voter.lid_jid, voter.pn_jid):
            vote = votes.seal(poll, ("P1", str(first), str(second)), ["no", "yes"])
            assert votes.opened(poll, votes.Ballot("P1", vote, author, voter)) == ["yes", "no"]
    assert votes.opened(poll, votes.Ballot("P2", vote, author, voter)) is None
    assert votes.opened(poll, votes.Ballot("P1", vote, voter, author)) is None
    foreign = votes.seal(poll, ("P1", str(author.lid_jid), str(voter.lid_jid)), ["something else"])
    assert votes.opened(poll, votes.Ballot("P1", foreign, author, voter)) is None
