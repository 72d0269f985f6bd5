"""People end to end: the real protocol library in the sandbox, virtual phones notice typing and reading, say STOP, and
have numbers in two forms.
"""

from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def test_a_phone_sees_typing_recording_and_their_end(product: Any) -> None:
    own, friend = product.own, product.friend
    chat = f"{product.number}/chats/{friend}"
    for body, state in (({}, "composing"), ({"kind": "recording"}, "recording"), ({"on": False}, "paused")):
        await product.call("POST", f"{chat}/typing", body)
        notice = await product.noticed(friend, "typing", state)
        assert notice.from_ == own


async def test_a_phone_sees_that_its_message_was_read(product: Any) -> None:
    own, friend = product.own, product.friend
    wa_id = await product.network.send(friend, own, "Is anybody there?")
    received = await product.told("message.received", waMessageId=wa_id)
    before = (await product.network.notices(friend)).next
    await product.call("POST", f"{product.number}/chats/{friend}/read", {"messageIds": [received["messageId"]]})
    notice = await product.noticed(friend, "receipt", "read", before)
    assert wa_id in notice.ids


async def test_a_number_in_its_other_form_is_found_and_written_to(product: Any) -> None:
    written, real = "+5511987654321", "+551187654321"
    await product.network.create_phone(real)
    sent = await product.call("POST", "messages", {"to": written, "text": "Oi"})
    shown = await product.until(f"messages/{sent['id']}", status="read")
    assert (shown["phone"], shown["chat"]) == (real, f"{real[1:]}@s.whatsapp.net")
    assert shown["lid"].endswith("@lid")
    assert [each.text for each in (await product.network.inbox(real)).messages] == ["Oi"]
    found = await product.call("POST", f"{product.number}/contacts/check", {"phones": [written, "+5521999999999"]})
    assert [each["onWhatsApp"] for each in found["items"]] == [True, False]
    await product.network.send(real, product.own, "Tudo bem?")
    await product.listed(f"messages?recipient=%2B{written[1:]}", 2)
    again = await product.call("POST", "messages", {"to": shown["lid"], "text": "Tudo!"})
    assert again["to"] == shown["chat"], "the hidden identity is the same chat"


async def test_who_says_stop_gets_no_bulk_messages_until_start(product: Any) -> None:
    own, friend = product.own, product.friend
    await product.network.send(friend, own, "Stop!")
    (entry,) = await product.listed("opt-outs", 1)
    assert entry["phone"] == friend
    batch = {"messages": [{"to": friend, "text": "Sale!"}, {"to": friend, "text": "Your order", "bulk": False}]}
    answer = await product.call("POST", "messages/batch", batch)
    assert (answer["accepted"], answer["results"][0]["problem"]["code"]) == (1, "recipient_opted_out")
    await product.network.send(friend, own, "START")
    await product.listed("opt-outs", 0)
    assert (await product.call("POST", "messages/batch", batch))["accepted"] == 2
