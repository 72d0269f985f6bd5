"""Groups, presence, calls and what a number does by itself, end to end: the real protocol library in the sandbox."""

from typing import Any

import pytest

from messageapi.sandbox.draft import Draft

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def test_a_group_is_made_written_to_and_changed_by_others(product: Any) -> None:
    made = await product.call("POST", f"{product.number}/groups", {"subject": "Regulars", "members": [product.friend]})
    assert [(each["phone"], each["role"]) for each in made["members"]] == [
        (product.own, "owner"),
        (product.friend, "member"),
    ]
    joined = await product.told("group.joined", group=made["id"])
    assert (joined["subject"], joined["role"], joined["size"]) == ("Regulars", "owner", 2)

    ours = await product.call("POST", "messages", {"to": made["id"], "text": "Welcome, all"})
    page = await product.network.inbox(product.friend, 0, 20)
    while "Welcome, all" not in [each.text for each in page.messages]:
        page = await product.network.inbox(product.friend, page.next, 20)

    await product.call(
        "POST", f"{product.number}/groups/{made['id']}/members", {"change": "promote", "members": [product.friend]}
    )
    welcome = next(each for each in page.messages if each.text == "Welcome, all")
    await product.network.write(product.friend, Draft(to=made["id"], type="revoke", target=welcome.id))
    assert (await product.told("message.revoked", messageId=ours["id"]))["phone"] == product.friend
    await product.network.change_group(made["id"], product.friend, subject="Friends")
    told = await product.told("group.updated", subject="Friends")
    assert (told["group"], told["by"]["phone"]) == (made["id"], product.friend)
    assert told["by"]["lid"].endswith("@lid")
    await product.network.change_members(made["id"], product.friend, "leave")
    left = await product.told("group.updated", left=[told["by"]])
    assert left["own"] is False
    assert (await product.call("GET", f"{product.number}/groups/{made['id']}"))["size"] == 1
    await product.call("POST", f"{product.number}/groups/{made['id']}/leave")
    assert (await product.call("GET", f"{product.number}/groups"))["items"] == []


async def test_a_call_is_told_and_turned_away(product: Any) -> None:
    await product.call("PATCH", product.number, {"rejectCalls": True})
    call_id = await product.network.call(product.friend, product.own, video=True)
    told = await product.told("call.received", callId=call_id)
    assert (told["phone"], told["video"], told["late"]) == (product.friend, True, False)
    assert (await product.noticed(product.friend, "call", "reject")).ids == [call_id]

    await product.call("PATCH", product.number, {"rejectCalls": False})
    second = await product.network.call(product.friend, product.own)
    told = await product.told("call.received", callId=second)
    before = (await product.network.notices(product.friend)).next
    await product.call("POST", f"{product.number}/calls/{second}/reject", {"sender": told["sender"]})
    assert (await product.noticed(product.friend, "call", "reject", before)).ids == [second]


async def test_a_person_is_seen_to_come_and_go_over_a_lost_connection(product: Any, eventually: Any) -> None:
    await product.call("PATCH", product.number, {"online": True})
    await product.call("PUT", f"{product.number}/presence/{product.friend}")
    await product.told("presence.updated", state="online", phone=product.friend)
    await product.network.typing(product.friend, product.own)
    await product.told("presence.updated", state="typing", phone=product.friend)

    await product.network.kick(product.own)
    await product.network.change(product.friend, online=False)

    gone = await product.told("presence.updated", state="offline", phone=product.friend)
    assert gone["lastSeen"]
    shown = await product.call("GET", f"{product.number}/presence/{product.friend}")
    assert (shown["state"], shown["lid"]) == ("offline", gone["lid"])

    async def present() -> bool:
        return bool((await product.network.phone(product.own)).devices[0].present)

    await eventually(present)
    await product.network.change(product.friend, online=True)


async def test_what_comes_is_marked_as_read_by_itself(product: Any) -> None:
    await product.call("PATCH", product.number, {"autoRead": True})
    before = (await product.network.notices(product.friend)).next
    wa_id = await product.network.send(product.friend, product.own, "Has anybody seen this?")
    while wa_id not in (notice := await product.noticed(product.friend, "receipt", "read", before)).ids:
        before = notice.n
    assert notice.from_ == product.own
