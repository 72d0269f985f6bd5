"""Votes in polls, plays, and what the owner writes on the phone, on each database."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import update

from messageapi.engines.port import Receipt
from messageapi.messages.content.requests import PollMessage
from messageapi.store.tables import bodies, messages, outbox
from messageapi.vocab.content import (
    Poll,
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


EVE = {"chat": EVE_LID, "sender": EVE_LID, "sender_phone": EVE_PHONE, "sender_lid": EVE_LID}


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
def asked(world: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Awaitable[str]]:
    """A poll of ours that Dana has; its id."""
    monkeypatch.setattr("messageapi.messages.content.letters.secrets.token_bytes", lambda size: SECRET[:size])
    request = PollMessage(to=DANA_PHONE, question="When?", options=["now", "later", "never"], choices=0)
    return lambda: world.sent(request)


@pytest.mark.parametrize("author", [OUR_JID, OUR_LID])
@pytest.mark.parametrize("voter", [DANA, DANA_LID])
async def test_a_vote_is_told_by_the_names_of_the_options(
    world: Any, came: Any, asked: Any, author: str, voter: str
) -> None:
    ours = await asked()
    await world.report(came(ballot("OUT1", author, voter, "now", "never"), "V1"))
    event = await world.told("poll.vote")
    assert (event["messageId"], event["options"], event["phone"]) == (ours, ["now", "never"], DANA_PHONE)
    await world.report(came(ballot("OUT1", author, voter), "V2"))
    assert (await world.told("poll.vote"))["options"] == []


async def test_a_vote_in_anothers_name_does_not_open(world: Any, came: Any, asked: Any) -> None:
    await asked()
    eve = {**EVE, "chat": DANA_LID}
    await world.report(came(ballot("OUT1", OUR_LID, DANA_LID, "now"), "V1", **eve))
    assert (await world.told("poll.vote"))["options"] is None
    await world.report(came(ballot("OUT1", OUR_LID, DANA_LID, "no such option"), "V2"))
    assert (await world.told("poll.vote"))["options"] is None


async def test_a_vote_in_somebodys_poll_in_a_group_is_read_too(world: Any, came: Any) -> None:
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


async def test_a_sent_poll_is_kept_for_a_week_and_no_longer(world: Any, came: Any, asked: Any, clock: Any) -> None:
    await asked()
    clock.forward(168 * HOUR - 1)
    await Chores(world.doors).turn()
    assert await world.count(bodies) == 1
    clock.forward(1)
    await Chores(world.doors).turn()
    assert await world.count(bodies) == 0
    await world.report(came(ballot("OUT1", OUR_LID, DANA_LID, "now"), "V1"))
    assert (await world.told("poll.vote"))["options"] is None


async def test_what_is_played_is_told_once_and_stays_read(world: Any) -> None:
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


@pytest.fixture
def own(came: Any) -> Any:
    """The owner writes this on the phone."""
    return lambda content, wa_id, **given: came(
        content, wa_id, sender=OUR_LID, sender_phone="", sender_lid="", from_me=True, **given
    )


async def test_what_the_owner_writes_on_the_phone_is_told_only_where_the_owner_wants_it(world: Any, own: Any) -> None:
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


async def test_what_was_sent_from_here_is_not_told_as_written_elsewhere(world: Any, own: Any) -> None:
    await world.sent()
    await world.tell_own()
    assert await world.report(own(Text("Hello"), "OUT1")) == []
    assert await world.told("message.sent_elsewhere") is None
