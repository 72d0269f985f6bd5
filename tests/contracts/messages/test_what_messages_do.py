"""Edits, revokes, reactions, votes and quotes on each database: told with the message they are about, and nothing is
changed by who did not write it.
"""

from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from messageapi.accounts.create import create_account
from messageapi.engines.port import Sent, Undecryptable
from messageapi.messages.content.requests import TextMessage
from messageapi.messages.following.events import News, apply
from messageapi.store.tables import messages, outbox
from messageapi.vocab.caller import operator_for
from messageapi.vocab.content import (
    Edit,
    Image,
    Media,
    Quote,
    Reaction,
    Remote,
    Revoke,
    Target,
    Text,
)

DANA, DANA_LID, DANA_PHONE = "12025550177@s.whatsapp.net", "77@lid", "+12025550177"
EVE_LID, EVE_PHONE = "66@lid", "+12025550166"
GROUP = "120363000000000001@g.us"


EVE = {"chat": EVE_LID, "sender": EVE_LID, "sender_phone": EVE_PHONE, "sender_lid": EVE_LID}


def picture() -> Image:
    remote = Remote(kind="image", path="/v/1?", key=b"k" * 32, enc_sha256=b"e" * 32)
    return Image(
        media=Media(name="", key=b"", sha256=b"s" * 32, size=9, mime="image/png", remote=remote), caption="us", width=4
    )


async def test_a_file_is_told_and_shown_without_what_opens_it(world: Any, came: Any) -> None:
    (message_id,) = await world.report(came(picture()))
    event, shown = await world.told("message.received"), msgspec.to_builtins(await world.show(message_id))
    media = {"mime": "image/png", "size": 9, "sha256": "73" * 32, "width": 4}
    for each in (event, shown):
        assert "/media/" in each["media"].pop("url")
        assert (each["type"], each["text"], each["media"]) == ("image", "us", media)
    assert (event["phone"], event["lid"], event["pushName"]) == (DANA_PHONE, DANA_LID, "Dana")
    assert "quote" not in event


async def test_a_reply_names_our_message_and_people_by_both_addresses(world: Any, came: Any) -> None:
    ours = await world.sent()
    await world.report(came(Text("I am Eve"), "E1", **EVE))
    quote = Quote(target=Target("OUT1"), text="Hello")
    (message_id, about) = await world.report(came(Text("Ask @66"), quote=quote, mentions=[EVE_LID]))
    assert about == ours
    event = await world.told("message.received")
    assert event["quote"] == {
        "messageId": ours,
        "waMessageId": "OUT1",
        "ours": True,
        "phone": None,
        "lid": None,
        "text": "Hello",
    }
    assert event["mentions"] == [{"phone": EVE_PHONE, "lid": EVE_LID}]
    shown = await world.show(message_id)
    assert (shown.target, shown.quote.message_id, shown.mentions[0].phone) == (ours, ours, EVE_PHONE)


async def test_an_edit_by_its_writer_gives_the_message_its_new_text(world: Any, came: Any) -> None:
    (message_id,) = await world.report(came(Text("Helo"), "A1"))
    edit = Edit(target=Target("A1", DANA_LID), text="Hello")
    (change_id, _) = await world.report(came(edit, sender=DANA, chat=DANA, at=3_000))
    message = await world.show(message_id)
    assert (message.text, message.edited_at) == ("Hello", "1970-01-01T00:00:03.000Z")
    event = await world.told("message.edited")
    assert (event["messageId"], event["waMessageId"], event["changeId"], event["text"]) == (
        message_id,
        "A1",
        change_id,
        "Hello",
    )
    assert (await world.show(change_id)).target == message_id


async def test_the_caption_of_a_picture_is_edited_and_the_last_text_counts(world: Any, came: Any) -> None:
    edits = [came(Edit(target=Target("A1", DANA_LID), text=text, of="image"), text) for text in ("one", "two")]
    (message_id, *_) = await world.report(came(picture(), "A1"), *edits)
    message = await world.show(message_id)
    assert (message.text, message.media.width) == ("two", 4)


async def test_what_its_writer_takes_back_is_gone(world: Any, came: Any) -> None:
    (message_id,) = await world.report(came(Text("oops"), "A1"))
    await world.report(came(Revoke(target=Target("A1", DANA_LID)), at=3_000))
    message = await world.show(message_id)
    assert (message.revoked_at, message.text) == ("1970-01-01T00:00:03.000Z", None)
    assert (await world.told("message.revoked"))["messageId"] == message_id


async def test_what_was_taken_back_before_it_could_be_read_does_not_come_back(world: Any, came: Any) -> None:
    (message_id,) = await world.report(Undecryptable("A1", DANA_LID, DANA_LID, 1_000, DANA_PHONE, DANA_LID, "Dana"))
    await world.report(came(Revoke(target=Target("A1", DANA_LID)), at=3_000))
    assert await world.report(came(Text("oops"), "A1")) == []
    message = await world.show(message_id)
    assert (message.type, message.text, message.revoked_at) == ("undecryptable", None, "1970-01-01T00:00:03.000Z")
    assert await world.told("message.received") is None


async def test_a_revoke_that_comes_before_its_message_holds_for_it(world: Any, came: Any) -> None:
    """Whichever of the writer's addresses either of them names."""
    await world.report(came(Revoke(target=Target("A1", DANA_LID)), at=3_000))
    named_by_phone = {"chat": DANA, "sender": DANA, "sender_lid": ""}
    (message_id,) = await world.report(came(picture(), "A1", **named_by_phone))
    message = await world.show(message_id)
    assert (message.text, message.media, message.revoked_at) == (None, msgspec.UNSET, "1970-01-01T00:00:03.000Z")
    assert await world.told("message.received") is None


async def test_a_strangers_revoke_that_comes_first_holds_for_nothing(world: Any, came: Any) -> None:
    await world.report(came(Revoke(target=Target("A1", EVE_LID)), "F1", **EVE))
    await world.report(came(Revoke(target=Target("A1", DANA_LID)), "F2", **EVE))
    await world.report(came(Revoke(target=Target("A1", DANA_LID)), "F3", chat=GROUP))
    (message_id,) = await world.report(came(Text("Hello"), "A1"))
    assert ((await world.show(message_id)).text, (await world.show(message_id)).revoked_at) == ("Hello", None)
    assert (await world.told("message.received"))["text"] == "Hello"


async def test_a_message_that_its_revoke_overtook_is_told_without_a_word(world: Any, came: Any) -> None:
    _, message_id = await world.report(came(Revoke(target=Target("A1", DANA_LID)), at=3_000), came(Text("oops"), "A1"))
    message = await world.show(message_id)
    assert (message.text, message.revoked_at) == (None, "1970-01-01T00:00:03.000Z")
    assert (await world.told("message.revoked"))["messageId"] == message_id
    assert await world.told("message.received") is None


@pytest.mark.parametrize(
    "forged",
    [
        (Edit(target=Target("A1", EVE_LID), text="pay Eve"), EVE),
        (Edit(target=Target("A1", DANA_LID), text="pay Eve"), EVE),
        (Revoke(target=Target("A1", DANA_LID)), EVE),
        (Revoke(target=Target("A1", EVE_LID)), EVE),
        (Revoke(target=Target("A1")), EVE),
        (Edit(target=Target("A1", DANA_LID), text="pay Eve"), {**EVE, "chat": DANA_LID}),
        (Edit(target=Target("OUT1"), text="pay Eve"), EVE),
        (Revoke(target=Target("OUT1")), EVE),
        (Revoke(target=Target("OUT1")), {}),
        (Revoke(target=Target("OUT1", DANA_LID)), {}),
        (Edit(target=Target("OUT1", DANA_LID), text="pay Eve"), {}),
    ],
)
async def test_who_did_not_write_it_changes_nothing_and_nothing_is_told(world: Any, came: Any, forged: Any) -> None:
    ours = await world.sent()
    (theirs,) = await world.report(came(Text("Hello"), "A1"))
    before = await world.show(ours), await world.show(theirs)
    await world.report(came(forged[0], **forged[1]))
    assert (await world.show(ours), await world.show(theirs)) == before
    assert await world.told("message.edited") is None
    assert await world.told("message.revoked") is None


async def test_in_a_group_another_member_changes_nothing(world: Any, came: Any) -> None:
    (theirs,) = await world.report(came(Text("Hello"), "A1", chat=GROUP))
    eve = {**EVE, "chat": GROUP}
    await world.report(came(Revoke(target=Target("A1", DANA_LID)), "F1", **eve))
    await world.report(came(Edit(target=Target("A1", EVE_LID), text="pay Eve"), "F2", **eve))
    assert ((await world.show(theirs)).text, (await world.show(theirs)).revoked_at) == ("Hello", None)
    assert await world.told("message.revoked") is None


async def test_a_reaction_to_our_message_is_told_and_taken_back(world: Any, came: Any) -> None:
    ours = await world.sent()
    await world.report(came(Reaction(target=Target("OUT1"), emoji="+"), "R1"))
    event = await world.told("message.reaction")
    assert (event["messageId"], event["emoji"], event["phone"], event["lid"]) == (ours, "+", DANA_PHONE, DANA_LID)
    await world.report(came(Reaction(target=Target("OUT1"), emoji=""), "R2"))
    assert (await world.told("message.reaction"))["emoji"] is None


async def test_a_change_of_a_message_that_is_not_known_is_told_without_ours(world: Any, came: Any) -> None:
    await world.report(came(Reaction(target=Target("OLD"), emoji="+"), "R1"))
    await world.report(came(Revoke(target=Target("OLDER", DANA_LID)), "R2"))
    assert (
        (await world.told("message.reaction"))["messageId"],
        (await world.told("message.revoked"))["messageId"],
    ) == (None, None)


async def test_a_change_that_comes_again_is_told_once(world: Any, came: Any) -> None:
    await world.report(came(Text("Hello"), "A1"))
    edit = came(Edit(target=Target("A1", DANA_LID), text="Hi"))
    assert len(await world.report(edit, edit)) == 2
    assert await world.report(edit) == []
    assert await world.count(outbox) == 2


async def test_an_unreadable_message_names_its_writer_and_becomes_the_message_when_it_comes(
    world: Any, came: Any
) -> None:
    stub = Undecryptable("A1", DANA_LID, DANA_LID, 1_000, DANA_PHONE, DANA_LID, "Dana", late=True)
    (message_id,) = await world.report(stub)
    event = await world.told("message.undecryptable")
    assert (event["phone"], event["pushName"], event["reason"], event["late"]) == (
        DANA_PHONE,
        "Dana",
        "not_decrypted",
        True,
    )
    assert await world.report(came(picture(), "A1")) == [message_id]
    assert ((await world.show(message_id)).type, (await world.told("message.received"))["messageId"]) == (
        "image",
        message_id,
    )


async def test_what_is_not_understood_is_told_once(world: Any, came: Any) -> None:
    assert len(await world.report(came(None, "A1"), came(None, "A1"))) == 1
    assert await world.report(came(None, "A1")) == []
    assert ((await world.told("message.received"))["type"], (await world.told("message.received"))["text"]) == (
        "unknown",
        None,
    )


async def test_our_edits_and_revokes_mark_the_message_once_whatsapp_has_them(world: Any) -> None:
    ours = await world.sent()
    for kind, at in (("edit", 5_000), ("revoke", 6_000)):
        change = await world.sent(TextMessage(to=DANA_PHONE, text=kind), wa_id=kind, at=0)
        await world.write(
            update(messages).where(messages.c.id == change).values(type=kind, target_id=ours, status="sending")
        )
        assert not getattr(await world.show(ours), f"{kind}ed_at".replace("revokeed", "revoked"))
        await world.report(Sent(change, 1, kind, at))
    message = await world.show(ours)
    assert (message.edited_at, message.revoked_at) == ("1970-01-01T00:00:05.000Z", "1970-01-01T00:00:06.000Z")


async def test_an_answer_in_the_same_batch_as_what_it_answers_finds_it(world: Any, came: Any) -> None:
    message_id = await world.sent(at=0)
    quote = Quote(target=Target("OUT1"), text="Hello")
    await world.report(came(Text("Hi"), quote=quote), Sent(message_id, 1, "OUT1", 1_500))
    assert (await world.told("message.received"))["quote"]["messageId"] == message_id


async def test_whom_one_account_knows_is_not_told_to_another(world: Any, came: Any, make_number: Any) -> None:
    bob = operator_for(await create_account(world.doors, name="Bob", email="bob@example.com"))
    his = await make_number("his", bob, phone="+12025550101")
    await world.report(came(Text("I am Eve"), "E1", **EVE))
    letters = [(world.number, world.alice), (his, bob)]
    news = [
        News(
            number,
            one.account_id,
            await world.doors.keyring.sealer(one.account_id),
            [came(Text("Ask"), mentions=[EVE_LID])],
        )
        for number, one in letters
    ]
    await world.doors.db.writer.run(lambda tx: apply(tx, world.doors.clock(), 72, news))
    assert (await type(world)(world.doors, bob, his, None).told("message.received"))["mentions"] == [
        {"phone": None, "lid": EVE_LID}
    ]
    assert (await world.told("message.received"))["mentions"] == [{"phone": EVE_PHONE, "lid": EVE_LID}]
