"""Every type of message: what is asked for is what the engine is handed, and what does not fit is refused by name."""

from typing import Any

import pytest

from messageapi.vocab.content import Contact, Location, Poll, Quote, Reaction, Target, Text

PATH = "/api/v1/messages"
TO = {"to": "+1 202 555 0123"}
GROUP = {"to": "120363021033254949@g.us"}
ADA = {"name": "Ada; Lovelace", "phone": "+44 20 7123 4567", "organization": "Engines, Ltd"}

pytestmark = pytest.mark.usefixtures("number")


async def sent(person: Any, body: Any) -> Any:
    answer = await person.post(PATH, json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def refusal(person: Any, body: Any) -> Any:
    answer = await person.post(PATH, json=body)
    assert answer.json()["detail"].endswith("."), answer.text
    return answer.status_code, answer.json()["code"]


async def test_a_text_is_handed_over_with_all_that_goes_with_it(alice: Any, letter: Any) -> None:
    wish = {"text": "@4915123456789 look", "mentions": ["+49 151 23456789"], "forwarded": True, "typing": 700}
    got = await letter(await sent(alice, {**GROUP, **wish}))
    assert got.content == Text("@4915123456789 look")
    assert (got.mentions, got.mentions_all) == (["4915123456789@s.whatsapp.net"], False)
    assert (got.forwarded, got.typing_ms) == (True, 700)


async def test_all_of_a_group_can_be_mentioned_and_nobody_elsewhere(alice: Any, letter: Any) -> None:
    assert (await letter(await sent(alice, {**GROUP, "text": "x", "mentions": "all"}))).mentions_all
    assert await refusal(alice, {**TO, "text": "x", "mentions": "all"}) == (422, "mention_invalid")
    assert await refusal(alice, {**GROUP, "text": "x", "mentions": ["1@g.us"]}) == (422, "recipient_malformed")
    assert await refusal(alice, {**GROUP, "text": "x", "mentions": [GROUP["to"]]}) == (422, "mention_invalid")


async def test_typing_takes_as_long_as_the_text_is(alice: Any, letter: Any) -> None:
    short = (await letter(await sent(alice, {**TO, "text": "Hi", "typing": True}))).typing_ms
    long = (await letter(await sent(alice, {**TO, "text": "x" * 100, "typing": True}))).typing_ms
    longest = (await letter(await sent(alice, {**TO, "text": "x" * 10_000, "typing": True}))).typing_ms
    assert 0 < short < long < longest <= 10_000


async def test_a_location_is_sent(alice: Any, letter: Any) -> None:
    place: dict[str, Any] = {"latitude": 52.5163, "longitude": 13.3777, "name": "Tor", "address": "Pariser Platz"}
    got = await letter(await sent(alice, {"type": "location", **TO, **place}))
    assert got.content == Location(**place)


async def test_contacts_become_vcards_in_which_nothing_breaks_out(alice: Any, letter: Any) -> None:
    own = {"name": "Bob", "vcard": "BEGIN:VCARD\nVERSION:3.0\nFN:Bob\nEND:VCARD"}
    content = (await letter(await sent(alice, {"type": "contact", **TO, "contacts": [ADA, own]}))).content
    assert isinstance(content, Contact)
    made, given = content.cards
    assert made.name == "Ada; Lovelace"
    lines = made.vcard.splitlines()
    assert "FN:Ada\\; Lovelace" in lines
    assert "ORG:Engines\\, Ltd;" in lines
    assert "TEL;type=CELL;type=VOICE;waid=442071234567:+442071234567" in lines
    assert given.vcard == own["vcard"]


async def test_a_poll_gets_a_secret_of_its_own(alice: Any, letter: Any) -> None:
    poll = {"type": "poll", **GROUP, "question": "When?", "options": ["Now", "Later"], "choices": 0}
    first, second = [(await letter(await sent(alice, poll))).content for _ in range(2)]
    assert isinstance(first, Poll)
    assert (first.question, first.options, first.choices) == ("When?", ["Now", "Later"], 0)
    assert len(first.secret) == 32
    assert first.secret != second.secret


@pytest.fixture
async def known(alice: Any, rewrite: Any) -> Any:
    """A message that was sent to the person in TO."""
    message_id = await sent(alice, {**TO, "text": "Hello"})
    await rewrite(message_id, status="delivered", wa_id="3EB0AB", sent_at=1)
    return message_id


@pytest.mark.parametrize("name", ["{id}", "3EB0AB"])
async def test_a_reply_quotes_the_message_it_answers(alice: Any, letter: Any, known: Any, name: Any) -> None:
    reply = await sent(alice, {**TO, "text": "And?", "replyTo": name.format(id=known)})
    assert (await letter(reply)).quote == Quote(target=Target("3EB0AB"))
    assert (await alice.get(f"{PATH}/{reply}")).json()["target"] == known


async def test_a_reply_to_what_came_in_quotes_its_writer_and_goes_out_where_it_came_in(
    alice: Any, doors: Any, make: Any, letter: Any, known: Any, rewrite: Any
) -> None:
    other = await make.make_number(doors, alice.caller, name="Other", phone="+4915133333333")
    inbound = {"direction": "inbound", "status": "received", "sender": "12025550123@s.whatsapp.net"}
    await rewrite(known, **inbound, number_id=other, chat="77@lid", peer_lid="77@lid")
    answer = (await alice.post(PATH, json={**TO, "text": "And?", "replyTo": known})).json()
    assert answer["number"] == other
    quoted = (await letter(answer["id"])).quote
    assert quoted.target == Target("3EB0AB", "12025550123@s.whatsapp.net")
    assert quoted.text == "Hello"
    default = {**TO, "text": "x", "replyTo": known, "from": "+4915111111111"}
    assert await refusal(alice, default) == (422, "target_elsewhere")


async def test_a_message_this_server_never_saw_is_answered_by_whatsapps_id(alice: Any, letter: Any) -> None:
    for chat, extra, sender in (
        (TO, {}, "12025550123@s.whatsapp.net"),
        (TO, {"sender": "me"}, ""),
        (GROUP, {"sender": "+4915123456789"}, "4915123456789@s.whatsapp.net"),
    ):
        about = {"waMessageId": "3EB0FF", "text": "Look", **extra}
        got = await letter(await sent(alice, {**chat, "text": "x", "replyTo": about}))
        assert got.quote == Quote(target=Target("3EB0FF", sender), text="Look")
    nobody = {**GROUP, "text": "x", "replyTo": {"waMessageId": "3EB0FF"}}
    assert await refusal(alice, nobody) == (422, "target_sender_missing")


async def test_a_reaction_names_its_message(alice: Any, letter: Any, known: Any) -> None:
    for emoji in ("\U0001f44d", ""):
        got = await letter(await sent(alice, {"type": "reaction", **TO, "target": known, "emoji": emoji}))
        assert got.content == Reaction(target=Target("3EB0AB"), emoji=emoji)


async def test_a_message_cannot_be_about_one_elsewhere_or_not_sent_or_unknown(
    alice: Any, charlie: Any, doors: Any, make: Any, known: Any, rewrite: Any
) -> None:
    await make.make_number(doors, charlie.caller, phone="+4915144444444")
    assert await refusal(alice, {"to": "+12025550199", "text": "x", "replyTo": known}) == (422, "target_elsewhere")
    assert await refusal(alice, {**GROUP, "text": "x", "replyTo": known}) == (422, "target_elsewhere")
    assert await refusal(alice, {**TO, "text": "x", "replyTo": "nothing"}) == (404, "target_not_found")
    for name in (known, "3EB0AB"):
        assert await refusal(charlie, {**TO, "text": "x", "replyTo": name}) == (404, "target_not_found")
    for status in ("accepted", "sending", "failed", "scheduled"):
        await rewrite(known, status=status)
        assert await refusal(alice, {**TO, "text": "x", "replyTo": known}) == (409, "target_not_sent")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "image"}, "media_source_missing"),
        ({"type": "voice", "url": "https://example.com/a", "mediaId": "med_1"}, "media_source_conflict"),
        ({"type": "sticker", "url": "https://example.com/a", "caption": "x"}, "unknown_field"),
        ({"type": "image", "url": ""}, "field_invalid"),
        ({"type": "image", "url": "x" * 2_049}, "field_invalid"),
        ({"type": "image", "url": "https://example.com/a", "caption": "x" * 1_025}, "field_invalid"),
        ({"type": "document", "url": "https://example.com/a", "filename": "x" * 256}, "field_invalid"),
        ({"type": "location", "latitude": 91, "longitude": 0}, "field_invalid"),
        ({"type": "location", "latitude": 0, "longitude": -180.01}, "field_invalid"),
        ({"type": "location", "latitude": 0}, "field_missing"),
        ({"type": "contact", "contacts": []}, "field_invalid"),
        ({"type": "contact", "contacts": [{"name": "x"}]}, "field_invalid"),
        ({"type": "contact", "contacts": [{"name": "x", "phone": "Dana"}]}, "recipient_malformed"),
        ({"type": "contact", "contacts": [{"name": "x", "phone": "1-2@g.us"}]}, "recipient_malformed"),
        ({"type": "contact", "contacts": [{"name": "x", "phone": "77777@lid"}]}, "field_invalid"),
        ({"type": "contact", "contacts": [{"name": "x", "vcard": "FN:x"}]}, "field_invalid"),
        ({"type": "contact", "contacts": [ADA] * 51}, "field_invalid"),
        ({"type": "poll", "question": "?", "options": ["a"]}, "field_invalid"),
        ({"type": "poll", "question": "?", "options": ["a", "a"]}, "field_invalid"),
        ({"type": "poll", "question": "?", "options": ["a"] * 13}, "field_invalid"),
        ({"type": "poll", "question": "", "options": ["a", "b"]}, "field_invalid"),
        ({"type": "poll", "question": "?", "options": ["a", "b"], "choices": 3}, "field_invalid"),
        ({"type": "reaction", "emoji": "x"}, "field_missing"),
        ({"type": "reaction", "emoji": "x" * 33, "target": "y"}, "field_invalid"),
        ({"type": "reaction", "emoji": "x", "target": {}}, "field_invalid"),
        ({"type": "reaction", "emoji": "x", "target": {"messageId": "a", "waMessageId": "b"}}, "field_invalid"),
        ({"type": "reaction", "emoji": "x", "target": "y", "mentions": "all"}, "unknown_field"),
        ({"type": "text", "text": "x", "url": "https://example.com"}, "unknown_field"),
        ({"type": "text", "text": "x", "typing": 30_001}, "field_invalid"),
        ({"type": "text", "text": "x", "typing": "yes"}, "field_invalid"),
        ({"type": "text", "text": "x", "mentions": "none"}, "field_invalid"),
        ({"type": "text", "text": "x", "priority": "urgent"}, "field_invalid"),
        ({"type": "text", "text": "x", "onUnconfirmed": "hope"}, "field_invalid"),
        ({"type": 7, "text": "x"}, "field_invalid"),
        ({"type": "edit", "text": "x"}, "field_invalid"),
        ({"type": "text"}, "field_missing"),
    ],
)
async def test_what_does_not_fit_the_type_is_refused(alice: Any, body: Any, code: Any) -> None:
    status, said = await refusal(alice, {**TO, **body})
    assert (said, status) == (code, 400 if code == "unknown_field" else 422)
    assert (await alice.get(PATH)).json()["items"] == []


@pytest.mark.parametrize(
    "to", ["120363000000000001@newsletter", "status@broadcast", "120363021033254949@g.us", "7777777@lid"]
)
async def test_channels_the_status_groups_and_hidden_people_can_be_written_to(alice: Any, to: Any) -> None:
    answer = await alice.post(PATH, json={"to": to, "text": "Hello"})
    assert (answer.status_code, answer.json()["to"]) == (202, to)
