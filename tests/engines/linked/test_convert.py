"""The library's protobuf events become events of the port, with both addresses and nothing that is no message."""

from typing import Any

import pytest

from messageapi.engines.linked import addresses, convert
from messageapi.engines.linked.content.writing import Me
from messageapi.engines.linked.library.protos import content, wire
from messageapi.engines.port import Inbound, Receipt
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import Letter, Text

ME = Me("9@s.whatsapp.net", "9@lid")
NOBODY = {"User": "", "RawAgent": 0, "Device": 0, "Integrator": 0, "Server": "", "IsEmpty": True}


def jid(text: str = "") -> Any:
    return wire.JID.FromString(addresses.to_bytes(text)) if text else wire.JID(**NOBODY)


def source(chat: str, sender: str, alternative: str = "", *, from_me: bool = False) -> Any:
    return wire.MessageSource(
        Chat=jid(chat),
        Sender=jid(sender),
        IsFromMe=from_me,
        IsGroup=chat.endswith("@g.us"),
        SenderAlt=jid(alternative),
        RecipientAlt=jid(),
        BroadcastListOwner=jid(),
    )


def info(where: Any, *, category: str = "", at: int = 1_700_000_000_000) -> Any:
    return wire.MessageInfo(
        MessageSource=where,
        ID="3A01",
        ServerID=0,
        Type="text",
        Pushname="Anna",
        Timestamp=at,
        Category=category,
        Multicast=False,
        MediaType="",
        Edit="",
    )


def event(message: Any, where: Any = None, **about: Any) -> Any:
    flags = dict.fromkeys(
        ("IsEphemeral", "IsViewOnce", "IsViewOnceV2", "IsViewOnceV2Extension", "IsDocumentWithCaption"), False
    )
    return wire.Message(
        Info=info(where or source("7@lid", "7:3@lid", "491511@s.whatsapp.net"), **about),
        Message=message,
        **flags,
        IsLottieSticker=False,
        IsEdit=False,
        UnavailableRequestID="",
        RetryCount=0,
    )


def taken(message: Any, where: Any = None, **about: Any) -> Inbound | None:
    return convert.inbound(event(message, where, **about), ME, late=False)


def test_a_text_arrives_with_both_addresses_of_its_sender() -> None:
    got = taken(content.Message(conversation="hello"))
    assert got == Inbound(
        wa_id="3A01",
        chat="7@lid",
        sender="7@lid",
        sender_phone="+491511",
        sender_lid="7@lid",
        push_name="Anna",
        message_type="text",
        letter=Letter(content=Text("hello")),
        at=1_700_000_000_000,
    )


def test_a_sender_known_by_phone_number_keeps_its_hidden_address() -> None:
    got = taken(content.Message(conversation="x"), source("491511@s.whatsapp.net", "491511@s.whatsapp.net", "7@lid"))
    assert got
    assert (got.sender, got.sender_phone, got.sender_lid) == ("491511@s.whatsapp.net", "+491511", "7@lid")


def test_a_group_message_names_group_and_sender() -> None:
    got = taken(content.Message(conversation="x"), source("1203@g.us", "7:2@lid", "491511@s.whatsapp.net"))
    assert got
    assert (got.chat, got.sender, got.sender_phone) == ("1203@g.us", "7@lid", "+491511")


def test_an_extended_text_is_a_text() -> None:
    text = content.ExtendedTextMessage(text="with a link")
    got = taken(content.Message(extendedTextMessage=text))
    assert got
    assert (got.message_type, got.text) == ("text", "with a link")


def test_a_disappearing_text_is_a_text() -> None:
    inner = content.Message(conversation="gone soon")
    got = taken(content.Message(ephemeralMessage=content.FutureProofMessage(message=inner)))
    assert got
    assert got.text == "gone soon"


@pytest.mark.parametrize(
    "message",
    [
        content.Message(reactionMessage=content.ReactionMessage(text="+")),
        content.Message(locationMessage=content.LocationMessage(degreesLatitude=float("nan"))),
        content.Message(locationMessage=content.LocationMessage(degreesLatitude=91)),
        content.Message(pollUpdateMessage=content.PollUpdateMessage()),
        content.Message(orderMessage=content.OrderMessage()),
    ],
)
def test_what_is_not_understood_is_told_all_the_same(message: Any) -> None:
    got = taken(message)
    assert got
    assert (got.message_type, got.letter) == ("unknown", None)


KEYS = content.SenderKeyDistributionMessage(groupID="1203@g.us", axolotlSenderKeyDistributionMessage=b"\x33")


@pytest.mark.parametrize(
    "message",
    [
        content.Message(),
        content.Message(senderKeyDistributionMessage=KEYS),
        content.Message(senderKeyDistributionMessage=KEYS, messageContextInfo=content.MessageContextInfo()),
        content.Message(protocolMessage=content.ProtocolMessage(type=6)),
        content.Message(protocolMessage=content.ProtocolMessage(type=0)),
        content.Message(protocolMessage=content.ProtocolMessage(type=14)),
        content.Message(albumMessage=content.AlbumMessage(expectedImageCount=3)),
    ],
)
def test_keys_and_settings_are_no_messages(message: Any) -> None:
    assert taken(message) is None


def test_a_text_that_brings_keys_along_is_a_message() -> None:
    got = taken(content.Message(senderKeyDistributionMessage=KEYS, conversation="first in the group"))
    assert got
    assert got.text == "first in the group"


def test_what_our_own_devices_tell_each_other_is_left_out() -> None:
    assert taken(content.Message(conversation="x"), category="peer") is None


def test_status_posts_are_left_out() -> None:
    assert taken(content.Message(conversation="x"), source("status@broadcast", "7@lid")) is None


def test_our_own_message_from_the_phone_is_marked() -> None:
    got = taken(content.Message(conversation="x"), source("7@lid", "9@lid", from_me=True))
    assert got
    assert got.from_me


def receipt(kind: int, where: Any, at: int = 1_700_000_000) -> Receipt | None:
    return convert.receipt(wire.Receipt(MessageSource=where, MessageIDs=["A", "B"], Timestamp=at, Type=kind))


@pytest.mark.parametrize(("number", "kind"), [(1, "delivered"), (4, "read"), (6, "played")])
def test_receipts_of_the_recipient_are_told(number: int, kind: str) -> None:
    got = receipt(number, source("7@lid", "7:2@lid"))
    assert got == Receipt(["A", "B"], kind, "7@lid", "7@lid", 1_700_000_000_000)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [2, 3, 5, 7, 9, 10, 11])
def test_other_receipts_say_nothing_about_the_recipient(number: int) -> None:
    assert receipt(number, source("7@lid", "7@lid")) is None


def test_receipts_of_our_own_devices_are_left_out() -> None:
    assert receipt(4, source("7@lid", "9@lid", from_me=True)) is None


def test_a_time_of_the_current_second_is_made_precise() -> None:
    before = now_ms()
    got = receipt(1, source("7@lid", "7@lid"), before // 1000)
    assert got
    assert got.at >= before


def test_an_unreadable_message_is_told_unless_whatsapp_hides_it() -> None:
    about = info(source("7@lid", "7:2@lid"))
    shown = wire.UndecryptableMessage(Info=about, IsUnavailable=False, DecryptFailMode=1)
    hidden = wire.UndecryptableMessage(Info=about, IsUnavailable=False, DecryptFailMode=2)
    got = convert.undecryptable(shown, late=False)
    assert got
    assert (got.wa_id, got.chat, got.sender) == ("3A01", "7@lid", "7@lid")
    assert convert.undecryptable(hidden, late=False) is None


def test_addresses_go_there_and_back() -> None:
    for text in ("491511:2@s.whatsapp.net", "7@lid", "1203-1@g.us"):
        assert addresses.to_text(jid(text)) == text
    assert addresses.bare(jid("491511:2@s.whatsapp.net")) == "491511@s.whatsapp.net"
    assert addresses.to_text(jid()) == ""
    with pytest.raises(ValueError, match="address"):
        addresses.to_bytes("nobody")
