"""How a client's connection or link ends: unlinked, logged out, replaced, and each way a login is refused."""

from typing import Any

import pytest

from messageapi.sandbox.client import SandboxControl


async def test_a_client_unlinked_by_its_phone_is_logged_out(client: Any, control: SandboxControl, anna: str) -> None:
    assert await control.unlink(anna) == [1]
    await client.event("logged_out")
    assert (await control.phone(anna)).devices == []


async def test_one_device_of_two_can_be_unlinked(
    client: Any, make_client: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    second = await make_client()
    assert await second.link(control, anna) == 2
    assert await control.unlink(anna, 2) == [2]
    await second.event("logged_out")
    await client.do("send", to=ben, text="the first one stays")


async def test_a_removed_device_is_not_listened_to_and_cannot_come_back(
    control: SandboxControl, companion: Any, anna: str, ben: str
) -> None:
    device = await companion(anna)
    await control.unlink(anna)
    assert (await device.stanza("stream:error")).child("conflict").text("type") == "device_removed"
    await device.flood(ben, 1)
    assert device.refusals == {"401": 1}
    await device.closed_by_server()
    await device.close()
    await device.log_in()
    assert (await device.stanza("failure")).text("reason") == "401"


async def test_a_number_linked_anew_after_unlinking_gets_another_device_number(
    client: Any, make_client: Any, control: SandboxControl, anna: str, ben: str
) -> None:
    await control.unlink(anna)
    await client.event("logged_out")
    again = await make_client()
    assert await again.link(control, anna) == 2
    await again.do("send", to=ben, text="back again")


async def test_a_client_that_logs_out_is_gone(client: Any, control: SandboxControl, anna: str) -> None:
    await client.do("logout")
    assert (await control.phone(anna)).devices == []


async def test_a_second_login_replaces_the_first(control: SandboxControl, companion: Any, anna: str) -> None:
    first = await companion(anna)
    second = first.twin()
    await second.log_in()
    assert (await first.stanza("stream:error")).child("conflict").text("type") == "replaced"
    await first.closed_by_server()
    assert (await second.ask("w:p", "get")).text("type") == "result", "the second one stays"
    assert (await control.phone(anna)).devices[0].online is True
    await second.close()


async def test_a_client_is_told_that_it_was_replaced(client: Any, control: SandboxControl, anna: str) -> None:
    assert await control.replace(anna) == [1]
    await client.event("replaced")


REFUSALS = {
    401: "logged_out",
    402: "temporary_ban",
    403: "logged_out",
    405: "client_outdated",
}


@pytest.mark.parametrize("reason", sorted(REFUSALS))
async def test_a_refused_login_is_told_with_its_reason(
    client: Any, control: SandboxControl, anna: str, reason: int
) -> None:
    failure = {"reason": reason, "code": 101, "expire": 3600} if reason == 402 else {"reason": reason}
    await control.change(anna, login_failure=failure)
    await control.kick(anna)
    event = await client.event(REFUSALS[reason])
    if reason == 402:
        assert event["Code"], event
        assert (await control.stats()).counts["logins_refused"] >= 1


@pytest.mark.parametrize("reason", [500, 503])
async def test_a_refusal_for_a_while_ends_by_itself(
    client: Any, control: SandboxControl, anna: str, reason: int
) -> None:
    await control.change(anna, login_failure={"reason": reason})
    await control.kick(anna)
    refused = (await control.stats()).counts.get("logins_refused", 0)
    await client.event("disconnected")
    while (await control.stats()).counts.get("logins_refused", 0) <= refused:
        await client.event("disconnected")
    await control.change(anna, login_failure=None)
    await client.event("connected")
