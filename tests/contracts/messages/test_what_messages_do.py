"""Edits, revokes, reactions, votes and quotes on each database: told with the message they are about, and nothing is
changed by who did not write it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import func, select, update

from messageapi.engines.port import EngineEvent, Inbound, Receipt, Sent, Undecryptable
from messageapi.messages import find
from messageapi.messages.queue.claim import Ask, claim
from messageapi.messages.requests import PollMessage, TextMessage
from messageapi.messages.schemas import MessageView
from messageapi.messages.send import send
from messageapi.store.outbox import outbox_payload
from messageapi.store.tables import bodies, messages, numbers, outbox
from messageapi.vocab.content import (
    Content,
    Edit,
    Image,
    Letter,
    Media,
    Poll,
    Quote,
    Reaction,
    Remote,
    Revoke,
    Target,
    Text,
    Vote,
)
from messageapi.workers.chores import Chores

DANA, DANA_LID, DANA_PHONE = "12025550177@s.whatsapp.net", "77@lid", "+12025550177"
EVE_LID, EVE_PHONE = "66@lid", "+12025550166"
OUR_JID, OUR_LID = "12025550100@s.whatsapp.net", "100@lid"
GROUP = "120363000000000001@g.us"
HOUR = 3_600_000
SECRET = b"s" * 32
HELLO = TextMessage(to=DANA_PHONE, text="Hello")


def came(content: Content | None, wa_id: str = "C1", *, kind: str = "", **given: Any) -> Inbound:
    """From Dana, between two, unless said otherwise."""
    letter = (
        Letter(content=content, quote=given.pop("quote", None), mentions=given.pop("mentions", [])) if content else None
    )
    values: dict[str, Any] = {
        "chat": DANA_LID,
        "sender": DANA_LID,
        "sender_phone": DANA_PHONE,
        "sender_lid": DANA_LID,
        "push_name": "Dana",
        "at": 2_000,
        **given,
    }
    return Inbound(
        wa_id=wa_id,
        message_type=kind or str(content.__struct_config__.tag if content else "unknown"),
        letter=letter,
        **values,
    )


EVE = {"chat": EVE_LID, "sender": EVE_LID, "sender_phone": EVE_PHONE, "sender_lid": EVE_LID}


class World:
    """A linked number of Alice's, what is reported about it, and what is told."""

    def __init__(self, doors: Any, alice: Any, number: str, report: Any) -> None:
        self.doors, self.alice, self.number, self._report = doors, alice, number, report

    async def report(self, *events: EngineEvent) -> list[str]:
        ids: list[str] = await self._report(self.number, *events)
        return ids

    async def show(self, message_id: str) -> MessageView:
        return await find.one(self.doors, self.alice, message_id)

    async def told(self, kind: str) -> Any:
        """The data of the newest event of this type, None without one."""
        sealer = await self.doors.keyring.sealer(self.alice.account_id)
        async with self.doors.db.reading() as tx:
            mine = select(outbox).where(outbox.c.type == kind).order_by(outbox.c.seq.desc()).limit(1)
            rows = await tx.rows(mine)
        return msgspec.json.decode(outbox_payload(sealer, rows[0].id, rows[0].sealed))["data"] if rows else None

    async def count(self, table: Any) -> Any:
        async with self.doors.db.reading() as tx:
            return await tx.scalar(select(func.count()).select_from(table))

    async def write(self, statement: Any) -> None:
        await self.doors.db.writer.run(lambda tx: tx.execute(statement))

    async def tell_own(self) -> None:
        await self.write(update(numbers).where(numbers.c.id == self.number).values(own_messages=True))

    async def sent(self, request: Any = HELLO) -> str:
        """WhatsApp has taken it, as OUT1; its id."""
        message_id = (await send(self.doors, self.alice, request)).id
        await self.doors.db.writer.join(claim, Ask(self.number, frozenset(), 32, self.doors.clock()))
        await self.report(Sent(message_id, 1, "OUT1", 1_500))
        return message_id


@pytest.fixture
async def world(doors: Any, alice: Any, number: str, report: Any) -> World:
    made = World(doors, alice, number, report)
    ours = {"jid": "12025550100:3@s.whatsapp.net", "lid": "100:3@lid"}
    await made.write(update(numbers).where(numbers.c.id == number).values(**ours))
    return made


def picture() -> Image:
    remote = Remote(kind="image", path="/v/1?", key=b"k" * 32, enc_sha256=b"e" * 32)
    return Image(
        media=Media(name="", key=b"", sha256=b"s" * 32, size=9, mime="image/png", remote=remote), caption="us", width=4
    )


async def test_a_file_is_told_and_shown_without_what_opens_it(world: World) -> None:
    (message_id,) = await world.report(came(picture()))
    event, shown = await world.told("message.received"), msgspec.to_builtins(await world.show(message_id))
    media = {"mimetype": "image/png", "size": 9, "sha256": "73" * 32, "width": 4}
    for each in (event, shown):
        assert (each["type"], each["text"], each["media"]) == ("image", "us", media)
    assert (event["phone"], event["lid"], event["pushName"]) == (DANA_PHONE, DANA_LID, "Dana")
    assert "quote" not in event


async def test_a_reply_names_our_message_and_people_by_both_addresses(world: World) -> None:
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


async def test_an_edit_by_its_writer_gives_the_message_its_new_text(world: World) -> None:
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


async def test_the_caption_of_a_picture_is_edited_and_the_last_text_counts(world: World) -> None:
    edits = [came(Edit(target=Target("A1", DANA_LID), text=text, of="image"), text) for text in ("one", "two")]
    (message_id, *_) = await world.report(came(picture(), "A1"), *edits)
    message = await world.show(message_id)
    assert (message.text, message.media.width) == ("two", 4)


async def test_what_its_writer_takes_back_is_gone(world: World) -> None:
    (message_id,) = await world.report(came(Text("oops"), "A1"))
    await world.report(came(Revoke(target=Target("A1", DANA_LID)), at=3_000))
    message = await world.show(message_id)
    assert (message.revoked_at, message.text) == ("1970-01-01T00:00:03.000Z", None)
    assert (await world.told("message.revoked"))["messageId"] == message_id


@pytest.mark.parametrize(
    "forged",
    [
        came(Edit(target=Target("A1", EVE_LID), text="pay Eve"), **EVE),
        came(Edit(target=Target("A1", DANA_LID), text="pay Eve"), **EVE),
        came(Revoke(target=Target("A1", DANA_LID)), **EVE),
        came(Revoke(target=Target("A1", EVE_LID)), **EVE),
        came(Revoke(target=Target("A1")), **EVE),
        came(Edit(target=Target("A1", DANA_LID), text="pay Eve"), **{**EVE, "chat": DANA_LID}),
        came(Edit(target=Target("OUT1"), text="pay Eve"), **EVE),
        came(Revoke(target=Target("OUT1")), **EVE),
        came(Revoke(target=Target("OUT1"))),
        came(Revoke(target=Target("OUT1", DANA_LID))),
        came(Edit(target=Target("OUT1", DANA_LID), text="pay Eve")),
    ],
)
async def test_who_did_not_write_it_changes_nothing_and_nothing_is_told(world: World, forged: Any) -> None:
    ours = await world.sent()
    (theirs,) = await world.report(came(Text("Hello"), "A1"))
    before = await world.show(ours), await world.show(theirs)
    await world.report(forged)
    assert (await world.show(ours), await world.show(theirs)) == before
    assert await world.told("message.edited") is None
    assert await world.told("message.revoked") is None


async def test_in_a_group_another_member_changes_nothing(world: World) -> None:
    (theirs,) = await world.report(came(Text("Hello"), "A1", chat=GROUP))
    eve = {**EVE, "chat": GROUP}
    await world.report(came(Revoke(target=Target("A1", DANA_LID)), "F1", **eve))
    await world.report(came(Edit(target=Target("A1", EVE_LID), text="pay Eve"), "F2", **eve))
    assert ((await world.show(theirs)).text, (await world.show(theirs)).revoked_at) == ("Hello", None)
    assert await world.told("message.revoked") is None


async def test_a_reaction_to_our_message_is_told_and_taken_back(world: World) -> None:
    ours = await world.sent()
    await world.report(came(Reaction(target=Target("OUT1"), emoji="+"), "R1"))
    event = await world.told("message.reaction")
    assert (event["messageId"], event["emoji"], event["phone"], event["lid"]) == (ours, "+", DANA_PHONE, DANA_LID)
    await world.report(came(Reaction(target=Target("OUT1"), emoji=""), "R2"))
    assert (await world.told("message.reaction"))["emoji"] is None


async def test_a_change_of_a_message_that_is_not_known_is_told_without_ours(world: World) -> None:
    await world.report(came(Reaction(target=Target("OLD"), emoji="+"), "R1"))
    await world.report(came(Revoke(target=Target("OLDER", DANA_LID)), "R2"))
    assert (
        (await world.told("message.reaction"))["messageId"],
        (await world.told("message.revoked"))["messageId"],
    ) == (None, None)


async def test_a_change_that_comes_again_is_told_once(world: World) -> None:
    await world.report(came(Text("Hello"), "A1"))
    edit = came(Edit(target=Target("A1", DANA_LID), text="Hi"))
    assert len(await world.report(edit, edit)) == 2
    assert await world.report(edit) == []
    assert await world.count(outbox) == 2


def ballot(wa_id: str, author: str, voter: str, *picked: str) -> Vote:
    """As the voter's phone seals it."""
    info = f"{wa_id}{author}{voter}Poll Vote".encode()
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(SECRET)
    plain = b""
    for option in picked:
        digest = Hash(SHA256())
        digest.update(option.encode())
        plain += b"\x0a\x20" + digest.finalize()
    sealed = AESGCM(key).encrypt(b"i" * 12, plain, f"{wa_id}\0{voter}".encode())
    return Vote(target=Target(wa_id, "" if author in {OUR_JID, OUR_LID} else author), payload=sealed, iv=b"i" * 12)


@pytest.fixture
def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Awaitable[str]]:
    """A poll of ours that Dana has; its id."""
    monkeypatch.setattr("messageapi.messages.letters.secrets.token_bytes", lambda size: SECRET[:size])
    request = PollMessage(to=DANA_PHONE, question="When?", options=["now", "later", "never"], choices=0)
    return lambda: world.sent(request)


@pytest.mark.parametrize("author", [OUR_JID, OUR_LID])
@pytest.mark.parametrize("voter", [DANA, DANA_LID])
async def test_a_vote_is_told_by_the_names_of_the_options(world: World, asked: Any, author: str, voter: str) -> None:
    ours = await asked()
    await world.report(came(ballot("OUT1", author, voter, "now", "never"), "V1"))
    event = await world.told("poll.vote")
    assert (event["messageId"], event["options"], event["phone"]) == (ours, ["now", "never"], DANA_PHONE)
    await world.report(came(ballot("OUT1", author, voter), "V2"))
    assert (await world.told("poll.vote"))["options"] == []


async def test_a_vote_in_anothers_name_does_not_open(world: World, asked: Any) -> None:
    await asked()
    eve = {**EVE, "chat": DANA_LID}
    await world.report(came(ballot("OUT1", OUR_LID, DANA_LID, "now"), "V1", **eve))
    assert (await world.told("poll.vote"))["options"] is None
    await world.report(came(ballot("OUT1", OUR_LID, DANA_LID, "no such option"), "V2"))
    assert (await world.told("poll.vote"))["options"] is None


async def test_a_vote_in_somebodys_poll_in_a_group_is_read_too(world: World) -> None:
    poll = Poll(question="When?", options=["now", "later"], choices=1, secret=SECRET)
    (theirs,) = await world.report(came(poll, "P1", chat=GROUP))
    await world.report(came(ballot("P1", DANA_LID, EVE_LID, "later"), "V1", **{**EVE, "chat": GROUP}))
    assert ((await world.told("poll.vote"))["messageId"], (await world.told("poll.vote"))["options"]) == (
        theirs,
        ["later"],
    )
    assert (await world.told("message.received"))["poll"] == {
        "question": "When?",
        "options": ["now", "later"],
        "choices": 1,
    }


async def test_a_sent_poll_is_kept_for_a_week_and_no_longer(world: World, asked: Any, clock: Any) -> None:
    await asked()
    clock.forward(168 * HOUR - 1)
    await Chores(world.doors).turn()
    assert await world.count(bodies) == 1
    clock.forward(1)
    await Chores(world.doors).turn()
    assert await world.count(bodies) == 0
    await world.report(came(ballot("OUT1", OUR_LID, DANA_LID, "now"), "V1"))
    assert (await world.told("poll.vote"))["options"] is None


async def test_what_is_played_is_told_once_and_stays_read(world: World) -> None:
    ours = await world.sent()
    await world.report(Receipt(["OUT1"], "played", DANA, DANA, 2_000))
    assert await world.told("message.played") is None, "a text is not played"
    await world.write(update(messages).where(messages.c.id == ours).values(type="voice"))
    await world.report(Receipt(["OUT1"], "played", DANA, DANA, 3_000))
    before = await world.count(outbox)
    await world.report(Receipt(["OUT1"], "played", DANA, DANA, 4_000))
    message = await world.show(ours)
    assert (message.status, message.timeline[-1].status, message.timeline[-1].at) == (
        "read",
        "played",
        "1970-01-01T00:00:03.000Z",
    )
    assert ((await world.told("message.played"))["status"], await world.count(outbox)) == ("read", before)


def own(content: Content, wa_id: str, **given: Any) -> Inbound:
    return came(content, wa_id, sender=OUR_LID, sender_phone="", sender_lid="", from_me=True, **given)


async def test_what_the_owner_writes_on_the_phone_is_told_only_where_the_owner_wants_it(world: World) -> None:
    assert await world.report(own(Text("I am here"), "O1")) == []
    await world.tell_own()
    (message_id,) = await world.report(own(Text("I am here"), "O2"), own(Text("I am here"), "O2"))
    event, message = await world.told("message.sent_elsewhere"), await world.show(message_id)
    assert (event["messageId"], event["text"], event["lid"], event["status"]) == (
        message_id,
        "I am here",
        DANA_LID,
        "sent",
    )
    assert (message.direction, message.status, message.text, message.lid) == ("outbound", "sent", "I am here", DANA_LID)
    assert [moment.status for moment in message.timeline] == ["sent"]
    assert (await world.count(messages), await world.count(bodies)) == (1, 1)
    await world.report(Receipt(["O2"], "read", DANA_LID, DANA_LID, 5_000))
    assert (await world.show(message_id)).status == "read"


async def test_what_was_sent_from_here_is_not_told_as_written_elsewhere(world: World) -> None:
    await world.sent()
    await world.tell_own()
    assert await world.report(own(Text("Hello"), "OUT1")) == []
    assert await world.told("message.sent_elsewhere") is None


async def test_an_unreadable_message_names_its_writer_and_becomes_the_message_when_it_comes(world: World) -> None:
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


async def test_what_is_not_understood_is_told_once(world: World) -> None:
    assert len(await world.report(came(None, "A1"), came(None, "A1"))) == 1
    assert await world.report(came(None, "A1")) == []
    assert ((await world.told("message.received"))["type"], (await world.told("message.received"))["text"]) == (
        "unknown",
        None,
    )
