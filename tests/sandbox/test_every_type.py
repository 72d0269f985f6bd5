"""Every type of message between the real client and phones: what one side sends, the other sees, byte for byte."""

import base64
import hashlib
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from messageapi.engines.linked.library.protos import content
from messageapi.sandbox.client import InboxMessage, SandboxControl, SandboxError
from messageapi.sandbox.draft import Draft, DraftContact, DraftLocation, DraftMedia, DraftPoll

Newest = Callable[[str], Awaitable[InboxMessage]]
FILES = {
    "image": ("Image", "imageMessage"),
    "video": ("Video", "videoMessage"),
    "audio": ("Audio", "audioMessage"),
    "voice": ("Audio", "audioMessage"),
    "document": ("Document", "documentMessage"),
    "sticker": ("Image", "stickerMessage"),
}


@pytest.fixture
def newest(control: SandboxControl) -> Newest:
    """The next message a phone gets from the others."""
    seen: dict[str, int] = {}

    async def wait(phone: str) -> InboxMessage:
        while True:
            page = await control.inbox(phone, seen.get(phone, 0), 20)
            assert page.messages, "nothing came"
            for message in page.messages:
                seen[phone] = message.n
                if not message.own:
                    return message

    return wait


async def send(client: Any, to: str, message: Any) -> str:
    encoded = base64.b64encode(message.SerializeToString()).decode()
    return str(await client.do("send_message", to=to, message=encoded))


async def file_message(client: Any, kind: str, data: bytes, **more: object) -> Any:
    media_type, field = FILES[kind]
    uploaded = await client.do("upload", kind=media_type, data=base64.b64encode(data).decode())
    message = content.Message()
    body = getattr(message, field)
    body.directPath, body.fileLength = uploaded["directPath"], uploaded["fileLength"]
    for name in ("mediaKey", "fileEncSHA256", "fileSHA256"):
        setattr(body, name, base64.b64decode(uploaded[name]))
    for name, value in more.items():
        setattr(body, name, value)
    return message


@pytest.mark.parametrize("kind", FILES)
async def test_a_file_of_every_kind_arrives_as_the_same_bytes(
    client: Any, control: SandboxControl, ben: str, newest: Newest, kind: str
) -> None:
    data = os.urandom(70_000)
    more: dict[str, object] = {"mimetype": "a/b"}
    more |= {"caption": "look"} if kind in ("image", "video", "document") else {}
    more |= {"fileName": "x.pdf"} if kind == "document" else {}
    more |= {"PTT": True} if kind == "voice" else {}
    await send(client, ben, await file_message(client, kind, data, **more))
    message = await newest(ben)
    assert message.media
    assert (message.type, message.media.mime, message.media.error) == (kind, "a/b", "")
    assert message.media.sha256 == hashlib.sha256(data).hexdigest()
    assert (message.media.size, message.text) == (len(data), more.get("caption", ""))
    assert message.media.filename == more.get("fileName", "")
    assert await control.media(ben, message.n) == data


async def test_a_file_that_is_not_what_its_message_says_is_told_apart(
    client: Any, control: SandboxControl, ben: str, newest: Newest
) -> None:
    lies: dict[str, dict[str, object]] = {
        "wrong_key": {"mediaKey": b"short"},
        "wrong_mac": {"mediaKey": bytes(32)},
        "wrong_file_enc_sha256": {"fileEncSHA256": bytes(32)},
        "wrong_file_sha256": {"fileSHA256": bytes(32)},
        "wrong_file_length": {"fileLength": 1},
        "not_found": {"directPath": "/v/sandbox/../../secret.enc?"},
    }
    for error, lie in lies.items():
        await send(client, ben, await file_message(client, "image", b"a picture", **lie))
        message = await newest(ben)
        assert message.media
        assert (message.media.error, message.media.sha256) == (error, "")
        with pytest.raises(SandboxError) as refused:
            await control.media(ben, message.n)
        assert refused.value.code == "broken_media"


async def test_a_place_a_card_and_a_poll_arrive(client: Any, ben: str, newest: Newest) -> None:
    place, card, poll = content.Message(), content.Message(), content.Message()
    place.locationMessage.degreesLatitude, place.locationMessage.degreesLongitude = -33.5, 151.25
    card.contactMessage.displayName, card.contactMessage.vcard = "Ana", "BEGIN:VCARD\nEND:VCARD"
    poll.pollCreationMessageV3.name, poll.pollCreationMessageV3.selectableOptionsCount = "Tea?", 1
    poll.pollCreationMessageV3.options.add(optionName="yes")
    for message in (place, card, poll):
        await send(client, ben, message)
    where, who, what = [await newest(ben) for _ in range(3)]
    assert where.location
    assert what.poll
    assert (where.location.latitude, where.location.longitude) == (-33.5, 151.25)
    assert [(one.name, one.vcard) for one in who.contacts] == [("Ana", "BEGIN:VCARD\nEND:VCARD")]
    assert (what.poll.question, what.poll.options, what.poll.choices) == ("Tea?", ["yes"], 1)


async def test_an_answer_a_mention_and_a_forwarded_text_arrive(
    client: Any, control: SandboxControl, anna: str, ben: str, carla: str, newest: Newest
) -> None:
    asked = await control.send(ben, anna, "how much?")
    lids = {phone: (await control.phone(phone)).lid for phone in (ben, carla)}
    message = content.Message()
    message.extendedTextMessage.text = "ten, says @carla"
    context = message.extendedTextMessage.contextInfo
    context.stanzaID, context.participant, context.quotedMessage.conversation = asked, lids[ben], "how much?"
    context.mentionedJID.append(lids[carla])
    context.isForwarded, context.forwardingScore, context.nonJIDMentions = True, 3, 1
    await send(client, ben, message)
    seen = await newest(ben)
    assert seen.quote
    assert (seen.quote.id, seen.quote.from_, seen.quote.text, seen.quote.found) == (asked, ben, "how much?", True)
    assert (seen.mentions, seen.mentions_all, seen.forwarded, seen.forwarding_score) == ([carla], True, True, 3)
    context.stanzaID = "ANOTHER"
    await send(client, ben, message)
    strange = await newest(ben)
    assert strange.quote
    assert strange.quote.found is False


async def test_an_edit_and_a_revoke_change_the_earlier_message_and_stay_visible(
    client: Any, control: SandboxControl, anna: str, ben: str, newest: Newest
) -> None:
    message_id = await client.do("send", to=ben, text="frist")
    await newest(ben)
    await client.do("edit", to=ben, id=message_id, text="first")
    edit = await newest(ben)
    assert edit.target
    assert (edit.type, edit.text, edit.target.id, edit.target.found) == ("edit", "first", message_id, True)
    await client.do("revoke", to=ben, sender=anna, id=message_id)
    revoke = await newest(ben)
    assert revoke.target
    assert (revoke.type, revoke.target.id, revoke.target.from_, revoke.target.found) == (
        "revoke",
        message_id,
        anna,
        True,
    )
    for phone in (anna, ben):
        changed = next(one for one in (await control.inbox(phone)).messages if one.id == message_id)
        assert (changed.text, changed.edited, changed.revoked) == ("first", True, True)


async def test_nobody_changes_the_message_of_another(
    client: Any, control: SandboxControl, anna: str, ben: str, carla: str, newest: Newest
) -> None:
    group = await control.create_group("Changes", [ben, anna, carla])
    theirs = await control.send(carla, group.id, "mine alone")
    await newest(ben)
    message = content.Message()
    protocol = message.protocolMessage
    protocol.key.ID, protocol.key.remoteJID, protocol.type = theirs, group.id, 0
    protocol.key.participant = (await control.phone(carla)).lid
    await send(client, group.id, message)
    attempt = await newest(ben)
    assert attempt.target
    assert (attempt.target.from_, attempt.target.found) == (carla, False)
    assert (await control.inbox(ben)).messages[0].revoked is False
    await control.write(ben, Draft(to=group.id, type="revoke", target=theirs))
    assert (await newest(carla)).type == "revoke", "Anna's attempt"
    await newest(carla)
    assert (await control.inbox(carla)).messages[-1].type == "revoke"


async def test_reactions_go_both_ways(
    client: Any, control: SandboxControl, anna: str, ben: str, newest: Newest
) -> None:
    theirs = await control.send(ben, anna, "nice?")
    await client.event("message", text="nice?")
    await client.do("react", id=theirs, emoji="👍")
    reaction = await newest(ben)
    assert reaction.target
    assert (reaction.type, reaction.text, reaction.target.id) == ("reaction", "👍", theirs)
    assert (reaction.target.from_, reaction.target.found) == (ben, True)
    ours = await client.do("send", to=ben, text="very")
    await newest(ben)
    await control.write(ben, Draft(to=anna, type="reaction", text="❤️", target=ours))
    event = await received(client, "reactionMessage")
    assert (event.reactionMessage.text, event.reactionMessage.key.ID) == ("❤️", ours)
    assert event.reactionMessage.key.fromMe is False


async def test_votes_go_both_ways(client: Any, control: SandboxControl, anna: str, ben: str, newest: Newest) -> None:
    poll = DraftPoll("Tea?", ["yes", "no"], 1)
    theirs = await control.write(ben, Draft(to=anna, type="poll", poll=poll))
    assert (await received(client, "pollCreationMessageV3")).pollCreationMessageV3.name == "Tea?"
    await client.do("vote", id=theirs, options=["no"])
    vote = await newest(ben)
    assert vote.target
    assert (vote.type, vote.options, vote.target.id, vote.target.found) == ("poll_vote", ["no"], theirs, True)
    ours = content.Message()
    ours.pollCreationMessage.name, ours.messageContextInfo.messageSecret = "Cake?", os.urandom(32)
    for name in ("yes", "later"):
        ours.pollCreationMessage.options.add(optionName=name)
    poll_id = await send(client, ben, ours)
    await newest(ben)
    vote_id = await control.write(ben, Draft(to=anna, type="poll_vote", target=poll_id, options=["later"]))
    await received(client, "pollUpdateMessage")
    assert await client.do("votes", id=vote_id) == [hashlib.sha256(b"later").hexdigest()]


async def received(client: Any, field: str) -> Any:
    """The next message of that type that has come to the client, other ones passed over."""
    while True:
        event = await client.event("message")
        message = content.Message.FromString(base64.b64decode(event["message"]))
        if message.HasField(field):
            return message


@pytest.mark.parametrize("kind", FILES)
async def test_a_phone_sends_a_file_of_every_kind(
    client: Any, control: SandboxControl, anna: str, ben: str, kind: str
) -> None:
    data = os.urandom(50_000)
    media = DraftMedia(data=data, mime="a/b", filename="x.pdf", seconds=3)
    message_id = await control.write(ben, Draft(to=anna, type=kind, text="", media=media))  # type: ignore[arg-type]
    body = getattr(await received(client, FILES[kind][1]), FILES[kind][1])
    assert (body.mimetype, body.fileLength) == ("a/b", len(data))
    assert base64.b64decode(await client.do("download", id=message_id)) == data
    if kind in ("audio", "voice"):
        assert (body.PTT, body.seconds) == (kind == "voice", 3)


async def test_a_phone_sends_what_is_no_file(
    client: Any, control: SandboxControl, anna: str, ben: str, carla: str
) -> None:
    asked = await client.do("send", to=ben, text="where?")
    where = DraftLocation(-23.5, -46.75, "Sé", "Praça")
    await control.write(ben, Draft(to=anna, type="location", location=where, quote=asked))
    place = (await received(client, "locationMessage")).locationMessage
    assert (place.degreesLatitude, place.degreesLongitude, place.name) == (-23.5, -46.75, "Sé")
    assert (place.contextInfo.stanzaID, place.contextInfo.quotedMessage.conversation) == (asked, "where?")
    cards = [DraftContact("Ana", "BEGIN:VCARD"), DraftContact("Bea", "BEGIN:VCARD")]
    await control.write(ben, Draft(to=anna, type="contact", contacts=cards))
    assert len((await received(client, "contactsArrayMessage")).contactsArrayMessage.contacts) == 2
    text = Draft(to=anna, text="@Carla", mentions=[carla], mentions_all=True, forwarded=True)
    await control.write(ben, text)
    context = (await received(client, "extendedTextMessage")).extendedTextMessage.contextInfo
    assert list(context.mentionedJID) == [(await control.phone(carla)).lid]
    assert (context.nonJIDMentions, context.isForwarded, context.forwardingScore) == (1, True, 1)


async def test_a_phone_edits_and_takes_back(client: Any, control: SandboxControl, anna: str, ben: str) -> None:
    message_id = await control.send(ben, anna, "frist")
    await control.write(ben, Draft(to=anna, type="edit", target=message_id, text="first"))
    while True:
        event = await client.event("message")
        message = content.Message.FromString(base64.b64decode(event["message"]))
        protocol = message.protocolMessage
        if message.HasField("editedMessage"):
            protocol = message.editedMessage.message.protocolMessage
        if protocol.type == 14:
            break
    assert (protocol.key.ID, protocol.editedMessage.conversation) == (message_id, "first")
    await control.write(ben, Draft(to=anna, type="revoke", target=message_id))
    revoke = (await received(client, "protocolMessage")).protocolMessage
    assert (revoke.key.ID, revoke.type, revoke.key.fromMe) == (message_id, 0, True)


async def test_a_phone_says_what_is_missing(control: SandboxControl, anna: str, ben: str) -> None:
    wrong = {
        "bad_request": Draft(to=anna, type="image"),
        "unknown_message": Draft(to=anna, type="reaction", text="x", target="NOTHING"),
        "unknown_phone": Draft(to=anna, text="hi", mentions=["+4999999999"]),
    }
    for code, draft in wrong.items():
        with pytest.raises(SandboxError) as refused:
            await control.write(ben, draft)
        assert refused.value.code == code
    with pytest.raises(SandboxError) as refused:
        await control.media(ben, 1)
    assert refused.value.code == "no_media"
