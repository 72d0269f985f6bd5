"""What WhatsApp refuses, end to end: the real protocol library meets it in the sandbox, the API says what it means."""

import asyncio
from typing import Any

import pytest

from messageapi.sandbox.planted import Refusal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SETTINGS = {
    "SEND_DEADLINE_SECONDS": "5",
    "RESEND_AFTER_SECONDS": "2",
    "STUCK_SENDING_SECONDS": "2",
    "STUCK_SENT_SECONDS": "2",
}


async def send(product: Any, to: str, text: str = "Hello", **more: object) -> str:
    return str((await product.call("POST", "messages", {"to": to, "type": "text", "text": text, **more}))["id"])


async def ends(product: Any, message_id: str, status: str) -> dict[str, Any]:
    found: dict[str, Any] = await product.until(f"messages/{message_id}", status=status)
    return found


async def switched_on(product: Any, phone: str) -> str:
    await product.network.create_phone(phone)
    return phone


async def linked(product: Any, phone: str) -> dict[str, Any]:
    """A number of its own, linked to this phone."""
    await switched_on(product, phone)
    made = await product.call("POST", "numbers", {"name": phone, "network": "sandbox"})
    await product.call("POST", f"numbers/{made['id']}/link", {"method": "qr"})
    await product.network.scan(phone, await code_of(product, made["id"]))
    connected: dict[str, Any] = await product.until(f"numbers/{made['id']}", state="connected")
    return connected


async def code_of(product: Any, number_id: str) -> str:
    """Refused until there is one."""
    async with asyncio.timeout(60):
        while True:
            async with product.http.get(f"{product.address}/api/v1/numbers/{number_id}/qr?format=json") as response:
                if response.status == 200 and (code := (await response.json()).get("qr")):
                    return str(code)
            await asyncio.sleep(0.1)


def explained(message: dict[str, Any]) -> str:
    """The code; with a sentence that ends in what to do."""
    error = message["error"]
    assert len(error["detail"]) > 40, error
    assert error["detail"].endswith("."), error
    return str(error["code"])


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (400, "wa_400"),
        (403, "not_permitted"),
        (404, "not_on_whatsapp"),
        (405, "not_permitted"),
        (406, "not_permitted"),
        (410, "not_on_whatsapp"),
        (479, "message_rejected"),
    ],
)
async def test_what_a_person_will_never_get_fails_with_the_reason(product: Any, code: int, meaning: str) -> None:
    await product.network.plant(Refusal(code=code, recipient=product.friend, times=2))
    message = await ends(product, await send(product, product.friend), "failed")
    assert explained(message) == meaning


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (403, "group_not_permitted"),
        (404, "not_in_group"),
        (405, "group_not_permitted"),
        (406, "group_not_permitted"),
        (410, "not_in_group"),
        (420, "group_not_permitted"),
    ],
)
async def test_what_a_group_does_not_take_fails_with_the_reason(product: Any, code: int, meaning: str) -> None:
    group = await product.network.create_group("Shop", [product.friend, product.own])
    await product.network.plant(Refusal(code=code, recipient=group.id, times=2))
    message = await ends(product, await send(product, group.id), "failed")
    assert explained(message) == meaning


async def test_a_channel_of_others_does_not_take_posts(product: Any) -> None:
    channel = await product.network.create_newsletter("News", product.friend)
    assert explained(await ends(product, await send(product, channel.id), "failed")) == "channel_not_permitted"


async def test_a_number_nobody_has_is_not_on_whatsapp(product: Any) -> None:
    assert explained(await ends(product, await send(product, "+12025550999"), "failed")) == "not_on_whatsapp"


@pytest.mark.parametrize("code", [429, 503])
async def test_what_is_refused_for_now_is_sent_later(product: Any, code: int) -> None:
    await product.network.plant(Refusal(code=code, recipient=product.friend, times=2))
    message = await ends(product, await send(product, product.friend, f"after {code}"), "read")
    assert (message["attempts"], message["error"]) == (3, None)


async def test_a_stale_token_costs_one_try_more_at_once(product: Any) -> None:
    await product.network.plant(Refusal(code=479, recipient=product.friend, times=1))
    message = await ends(product, await send(product, product.friend), "read")
    assert message["attempts"] == 1


async def test_without_an_answer_a_message_is_stuck_and_then_unconfirmed(product: Any) -> None:
    own = await linked(product, "+12025550131")
    await product.network.plant(Refusal(answer="none", sender="+12025550131"))
    message_id = await send(product, product.friend, **{"from": own["id"]})
    stuck = await product.until(f"messages/{message_id}", stuck=True)
    assert (stuck["status"], bool(stuck["stuckSince"])) == ("sending", True)
    assert explained(await ends(product, message_id, "unconfirmed")) in {"deadline", "timed_out", "no_answer"}


async def test_a_receipt_settles_what_nobody_acknowledged(product: Any) -> None:
    own = await linked(product, "+12025550132")
    await product.network.plant(Refusal(answer="lost", sender="+12025550132"))
    message_id = await send(product, product.friend, "lost and found", **{"from": own["id"]})
    assert (await ends(product, message_id, "read"))["error"] is None


async def test_who_asked_for_it_is_sent_a_message_again(product: Any) -> None:
    own = await linked(product, "+12025550133")
    await product.network.plant(Refusal(answer="none", sender="+12025550133"))
    message_id = await send(product, product.friend, "again", onUnconfirmed="resend", **{"from": own["id"]})
    await ends(product, message_id, "unconfirmed")
    await product.network.lift()
    message = await ends(product, message_id, "read")
    moments = [moment["status"] for moment in message["timeline"]]
    assert moments.index("resent") > moments.index("accepted")


async def test_a_message_that_no_phone_acknowledges_is_stuck(product: Any) -> None:
    await product.network.plant(Refusal(answer="sunk", recipient=product.friend, times=1))
    message_id = await send(product, product.friend)
    message = await product.until(f"messages/{message_id}", stuck=True)
    assert message["status"] == "sent"


async def test_a_number_that_may_not_write_to_strangers_answers_and_waits(product: Any) -> None:
    own = await linked(product, "+12025550134")
    known, stranger, third = [await switched_on(product, f"+1202555014{place}") for place in range(3)]
    sender = {"from": own["id"]}
    await product.network.send(known, "+12025550134", "a question")
    await product.network.plant(Refusal(code=463, sender="+12025550134", new_contacts=True))
    refused = await ends(product, await send(product, stranger, **sender), "failed")
    assert explained(refused) == "new_contact_limited"
    number = await product.until(f"numbers/{own['id']}", state="limited")
    assert (number["reasonCode"], bool(number["limitedUntil"])) == ("new_contacts", True)
    held = await send(product, third, "held", **sender)
    await ends(product, await send(product, known, "an answer", **sender), "read")
    waiting = await product.call("GET", f"messages/{held}")
    assert (waiting["status"], waiting["held"]["code"]) == ("accepted", "new_contacts")
    await product.network.send(third, "+12025550134", "hello, it is me")
    await ends(product, held, "read")


async def test_a_number_that_is_banned_from_sending_holds_everything(product: Any) -> None:
    own = await linked(product, "+12025550135")
    await product.network.plant(Refusal(code=402, sender="+12025550135"))
    message_id = await send(product, product.friend, **{"from": own["id"]})
    number = await product.until(f"numbers/{own['id']}", state="limited")
    assert (number["reasonCode"], bool(number["limitedUntil"])) == ("everything", True)
    assert (await product.call("GET", f"messages/{message_id}"))["status"] == "accepted"


async def test_a_temporary_ban_has_an_end_and_the_message_goes_after_it(product: Any) -> None:
    own = await linked(product, "+12025550136")
    until = await product.network.ban("+12025550136", seconds=8)
    number = await product.until(f"numbers/{own['id']}", state="banned")
    assert number["limitedUntil"]
    assert until > 0
    assert number["reason"].endswith(".")
    await product.until(f"numbers/{own['id']}", state="connected")
    await ends(product, await send(product, product.friend, **{"from": own["id"]}), "read")
