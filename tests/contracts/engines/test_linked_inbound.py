"""Every type of message a phone can write, through the network and the real library, as a host reports it."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from messageapi.engines.linked.library.protos import content as proto
from messageapi.engines.port import Inbound, Receipt, Sent, Undecryptable
from messageapi.messages.received.votes import opened
from messageapi.sandbox.draft import Draft, DraftContact, DraftLocation, DraftMedia, DraftPoll
from messageapi.vocab.content import (
    Answer,
    Audio,
    Card,
    Contact,
    Content,
    Document,
    Edit,
    Image,
    Letter,
    Location,
    Poll,
    Quote,
    Reaction,
    Revoke,
    Sticker,
    Target,
    Text,
    Video,
    Voice,
    Vote,
)

BYTES = bytes(range(256)) * 40
PNG = DraftMedia(data=BYTES, mime="image/png", filename="us.png", seconds=5)
SECRET = b"p" * 32

Heard = Callable[..., Awaitable[Inbound]]


@pytest.fixture
async def heard(linked: Any) -> Heard:
    """The other side's phone writes this to us: `await heard(type="text", text="hi")`."""
    await linked.open()

    async def write(to: str = "", **draft: Any) -> Inbound:
        wa_id = await linked.control.write(linked.other, Draft(to=to or linked.phone, **draft))

        def came() -> list[Inbound]:
            return [event for event in linked.worker.of(Inbound) if event.wa_id == wa_id]

        await linked.worker.until(came)
        return came()[0]

    return write


@pytest.fixture
async def ours(linked: Any, heard: Heard) -> Callable[..., Awaitable[str]]:
    """We write; WhatsApp's id of it, once the other side's phone has it."""

    async def write(content: Content, message_id: str = "m1") -> str:
        await linked.post(message_id, Letter(content=content))
        wa_id: str = (await linked.worker.first(Sent, message_id)).wa_id
        await linked.worker.until(lambda: any(wa_id in receipt.wa_ids for receipt in linked.worker.of(Receipt)))
        return wa_id

    return write


def said(event: Inbound) -> Any:
    assert event.letter
    return event.letter.content


def person(linked: Any, event: Inbound) -> None:
    """Both addresses, whatever the type."""
    assert (event.sender_phone, event.sender_lid) == (linked.other, event.sender)
    assert event.sender_lid.endswith("@lid")


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("image", Image),
        ("video", Video),
        ("audio", Audio),
        ("voice", Voice),
        ("document", Document),
        ("sticker", Sticker),
    ],
)
async def test_a_file_says_where_it_lies_and_what_opens_it(linked: Any, heard: Heard, kind: str, shape: type) -> None:
    event = await heard(type=kind, media=PNG, text="us")
    media = said(event).media
    assert (event.message_type, type(said(event))) == (kind, shape)
    assert (media.name, media.size, media.sha256) == ("", len(BYTES), hashlib.sha256(BYTES).digest())
    assert media.remote
    assert (media.remote.kind, len(media.remote.key)) == ("audio" if kind == "voice" else kind, 32)
    person(linked, event)


async def test_what_is_complete_in_itself_arrives(linked: Any, heard: Heard) -> None:
    assert said(await heard(text="hi")) == Text("hi")
    place = DraftLocation(52.5, 13.4, "Gate", "Berlin")
    assert said(await heard(type="location", location=place)) == Location(
        latitude=52.5, longitude=13.4, name="Gate", address="Berlin"
    )
    live = DraftLocation(1.5, 2.5, "on my way", live=True)
    assert said(await heard(type="location", location=live)) == Location(
        latitude=1.5, longitude=2.5, name="on my way", live=True
    )
    cards = [
        DraftContact("Ann", "BEGIN:VCARD\nFN:Ann\nEND:VCARD"),
        DraftContact("Ben", "BEGIN:VCARD\nFN:Ben\nEND:VCARD"),
    ]
    assert said(await heard(type="contact", contacts=cards)) == Contact([Card(one.name, one.vcard) for one in cards])
    for choices in (1, 2):
        poll = said(await heard(type="poll", poll=DraftPoll("When?", ["now", "later"], choices)))
        assert isinstance(poll, Poll)
        assert (poll.question, poll.options, poll.choices, len(poll.secret)) == ("When?", ["now", "later"], choices, 32)


async def test_foreign_apps_menus_and_wrappers_arrive(heard: Heard) -> None:
    button = proto.Message(templateButtonReplyMessage={"selectedID": "b1", "selectedDisplayText": "Yes"})
    assert said(await heard(type="raw", raw=button.SerializeToString())) == Answer(of="button", id="b1", text="Yes")
    row = proto.Message(listResponseMessage={"title": "Large", "singleSelectReply": {"selectedRowID": "r1"}})
    assert said(await heard(type="raw", raw=row.SerializeToString())) == Answer(of="list", id="r1", text="Large")
    once = proto.Message(viewOnceMessageV2={"message": {"imageMessage": {"caption": "once"}}})
    event = await heard(type="raw", raw=once.SerializeToString())
    assert event.letter
    assert (event.letter.view_once, event.message_type, event.text) == (True, "image", "once")
    gone = proto.Message(
        ephemeralMessage={"message": {"extendedTextMessage": {"text": "soon", "contextInfo": {"expiration": 86_400}}}}
    )
    event = await heard(type="raw", raw=gone.SerializeToString())
    assert event.letter
    assert (event.text, event.letter.disappears_s) == ("soon", 86_400)
    assert (await heard(type="raw", raw=b"\x0a\x04a\xff\xfeb")).text == "a\ufffd\ufffdb", "no UTF-8"
    unknown = proto.Message(orderMessage={"orderID": "1"})
    event = await heard(type="raw", raw=unknown.SerializeToString())
    assert (event.message_type, event.letter) == ("unknown", None)


async def test_a_reply_quotes_us_and_mentions_and_forwarding_are_told(linked: Any, heard: Heard, ours: Any) -> None:
    wa_id = await ours(Text("how are you?"))
    event = await heard(text="fine", quote=wa_id, mentions=[linked.phone], forwarded=True)
    letter = event.letter
    assert letter
    assert letter.quote == Quote(target=Target(wa_id), text="how are you?"), "the empty author is us"
    assert letter.forwarded
    assert len(letter.mentions) == 1


async def test_reactions_edits_and_revokes_name_what_they_are_about(heard: Heard, ours: Any) -> None:
    wa_id = await ours(Text("how are you?"))
    assert said(await heard(type="reaction", target=wa_id, text="+")) == Reaction(target=Target(wa_id), emoji="+")
    assert said(await heard(type="reaction", target=wa_id, text="")) == Reaction(target=Target(wa_id), emoji="")
    theirs = await heard(text="fien")
    edit = await heard(type="edit", target=theirs.wa_id, text="fine")
    assert said(edit) == Edit(target=Target(theirs.wa_id, theirs.sender), text="fine")
    revoke = await heard(type="revoke", target=theirs.wa_id)
    assert said(revoke) == Revoke(target=Target(theirs.wa_id, theirs.sender))
    assert (edit.message_type, revoke.message_type) == ("edit", "revoke")


async def test_a_vote_in_our_poll_opens_with_its_secret_alone(linked: Any, heard: Heard, ours: Any) -> None:
    poll = Poll(question="When?", options=["now", "later"], choices=1, secret=SECRET)
    wa_id = await ours(poll)
    event = await heard(type="poll_vote", target=wa_id, options=["later"])
    vote = said(event)
    assert isinstance(vote, Vote)
    assert (event.message_type, vote.target) == ("poll_vote", Target(wa_id))
    us = await linked.control.phone(linked.phone)
    authors = [f"{linked.phone[1:]}@s.whatsapp.net", us.lid]
    voters = [event.sender, f"{linked.other[1:]}@s.whatsapp.net"]
    assert opened(poll, vote, authors, voters) == ["later"]
    assert opened(poll, vote, authors, ["66@lid"]) is None


async def test_in_a_group_the_writer_is_named_and_targets_too(linked: Any, heard: Heard) -> None:
    group = await linked.control.create_group("Friends", [linked.phone, linked.other])
    theirs = await heard(group.id, text="hello all", mentions_all=True)
    assert theirs.letter
    assert (theirs.chat, theirs.letter.mentions_all) == (group.id, True)
    person(linked, theirs)
    picture = await heard(group.id, type="image", media=PNG, text="us")
    assert (picture.chat, said(picture).caption) == (group.id, "us")
    reaction = await heard(group.id, type="reaction", target=theirs.wa_id, text="+")
    assert said(reaction) == Reaction(target=Target(theirs.wa_id, theirs.sender), emoji="+")


async def test_what_the_owner_writes_on_the_phone_is_marked(linked: Any, heard: Heard) -> None:
    wa_id = await linked.control.write(linked.phone, Draft(to=linked.other, type="image", media=PNG, text="mine"))
    await linked.worker.until(lambda: any(event.wa_id == wa_id for event in linked.worker.of(Inbound)))
    (event,) = [event for event in linked.worker.of(Inbound) if event.wa_id == wa_id]
    assert (event.from_me, event.message_type, event.text) == (True, "image", "mine")
    assert event.chat.partition("@")[0] in {(await heard(text="x")).sender.partition("@")[0], linked.other[1:]}


FORGED = [
    proto.Message(protocolMessage={"type": "APP_STATE_SYNC_KEY_SHARE", "appStateSyncKeyShare": {"keys": [{}]}}),
    proto.Message(protocolMessage={"type": "HISTORY_SYNC_NOTIFICATION", "historySyncNotification": {"syncType": 3}}),
    proto.Message(protocolMessage={"type": "EPHEMERAL_SETTING", "ephemeralExpiration": 1}),
    proto.Message(protocolMessage={"type": "PEER_DATA_OPERATION_REQUEST_MESSAGE"}),
    proto.Message(protocolMessage={"type": "LID_MIGRATION_MAPPING_SYNC"}),
    proto.Message(deviceSentMessage={"destinationJID": "1@s.whatsapp.net", "message": {"conversation": "as if mine"}}),
]


@pytest.mark.parametrize("forged", FORGED, ids=str)
async def test_protocol_messages_of_a_stranger_are_no_messages_and_change_nothing(
    linked: Any, heard: Heard, forged: Any
) -> None:
    wa_id = await linked.control.write(
        linked.other, Draft(to=linked.phone, type="raw", raw=forged.SerializePartialToString())
    )
    after = await heard(text="still here?")
    assert after.sender_phone == linked.other
    own = [event for event in linked.worker.of(Inbound) if event.wa_id == wa_id]
    assert [event for event in own if event.from_me] == []
    assert [event.message_type for event in own if event.message_type not in {"unknown", "text"}] == []
    assert linked.worker.of(Undecryptable) == []
    linked.worker.events.clear()
    await linked.post("after", Letter(content=Text("yes")))
    assert (await linked.worker.first(Sent, "after")).wa_id


async def test_what_cannot_be_read_is_told_with_its_writer_and_comes_again_under_the_same_id(
    linked: Any, heard: Heard
) -> None:
    await heard(text="readable")
    await linked.control.change(linked.other, garble=True)
    wa_id = await linked.control.write(linked.other, Draft(to=linked.phone, text="at first unreadable"))
    broken = await linked.worker.first(Undecryptable)
    assert (broken.wa_id, broken.sender_phone, broken.unavailable) == (wa_id, linked.other, False)
    assert broken.sender_lid.endswith("@lid")
    await linked.worker.until(lambda: any(event.wa_id == wa_id for event in linked.worker.of(Inbound)))
    (event,) = [event for event in linked.worker.of(Inbound) if event.wa_id == wa_id]
    assert (event.text, event.sender) == ("at first unreadable", broken.sender)
