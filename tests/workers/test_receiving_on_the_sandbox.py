"""Receiving end to end: a virtual phone writes, the real protocol library takes it, and the events tell it."""

from typing import Any

import pytest

from messageapi.sandbox.draft import Draft, DraftMedia

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PNG = DraftMedia(data=bytes(range(256)), mime="image/png")


async def writes(product: Any, **draft: Any) -> str:
    return str(await product.network.write(product.friend, Draft(to=product.own, **draft)))


async def sends(product: Any, **message: Any) -> tuple[str, str]:
    """Our id and WhatsApp's, once the friend has read it."""
    message_id = (await product.call("POST", "messages", {"to": product.friend, **message}))["id"]
    return message_id, (await product.until(f"messages/{message_id}", status="read"))["waMessageId"]


async def test_what_a_phone_writes_and_does_is_told(product: Any) -> None:
    ours, wa_id = await sends(product, text="Which one?")
    await writes(product, type="image", media=PNG, text="Thsi", quote=wa_id)
    picture = await product.told("message.received")
    assert (picture["type"], picture["text"], picture["media"]["size"]) == ("image", "Thsi", 256)
    assert (picture["quote"]["messageId"], picture["quote"]["ours"]) == (ours, True)
    assert picture["phone"] == product.friend
    assert picture["lid"].endswith("@lid")

    await writes(product, type="reaction", target=wa_id, text="+")
    reaction = await product.told("message.reaction")
    assert (reaction["messageId"], reaction["emoji"], reaction["phone"]) == (ours, "+", product.friend)

    await writes(product, type="edit", target=picture["waMessageId"], text="This")
    edited = await product.told("message.edited")
    assert (edited["messageId"], edited["text"]) == (picture["messageId"], "This")
    shown = await product.call("GET", f"messages/{picture['messageId']}")
    assert shown["editedAt"]

    await writes(product, type="revoke", target=picture["waMessageId"])
    assert (await product.told("message.revoked"))["messageId"] == picture["messageId"]
    shown = await product.call("GET", f"messages/{picture['messageId']}")
    assert (shown["text"], "media" in shown, bool(shown["revokedAt"])) == (None, False, True)


async def test_votes_in_a_poll_of_ours_are_told_by_name_and_can_change(product: Any) -> None:
    poll = {"type": "poll", "question": "When?", "options": ["now", "later"], "choices": 1}
    ours, wa_id = await sends(product, **poll)
    for options in (["later"], ["now"], []):
        await writes(product, type="poll_vote", target=wa_id, options=options)
        vote = await product.told("poll.vote")
        assert (vote["messageId"], vote["options"], vote["phone"]) == (ours, options, product.friend)


async def test_what_the_owner_writes_on_the_phone_is_told_where_the_number_tells_it(product: Any) -> None:
    await product.call("PATCH", product.number, {"ownMessages": True})
    wa_id = await product.network.write(product.own, Draft(to=product.friend, text="from my phone"))
    told = await product.told("message.sent_elsewhere")
    assert (told["waMessageId"], told["text"], told["status"]) == (wa_id, "from my phone", "sent")
    assert told["phone"] == product.friend
    assert told["lid"].endswith("@lid")
