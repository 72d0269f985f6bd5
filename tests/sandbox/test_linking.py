"""A real client becomes a linked device, by QR code and by an eight-character code."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from messageapi.sandbox.client import SandboxControl, SandboxError


async def test_a_scanned_qr_code_links_a_client_and_it_logs_in_by_itself(
    control: SandboxControl, make_client: Any, anna: str
) -> None:
    client = await make_client()
    device = await client.link(control, anna)
    assert device == 1
    (shown,) = (await control.phone(anna)).devices
    assert (shown.device, shown.online) == (1, True)
    assert shown.linked_at > 0


async def test_a_code_typed_into_the_phone_links_a_client(
    control: SandboxControl, make_client: Any, anna: str, ben: str
) -> None:
    client = await make_client()
    await client.connect()
    await client.event("qr")
    code = await client.do("pair_phone", phone=anna.removeprefix("+"))
    assert await control.enter_code(anna, code) == 1
    await client.event("connected")
    await client.do("send", to=ben, text="linked by code")


async def test_a_wrong_code_links_nothing(control: SandboxControl, make_client: Any, anna: str) -> None:
    client = await make_client()
    await client.connect()
    await client.event("qr")
    code = await client.do("pair_phone", phone=anna.removeprefix("+"))
    wrong = ("A" if code[0] != "A" else "B") + code[1:]
    with pytest.raises(SandboxError) as refused:
        await control.enter_code(anna, wrong)
    assert refused.value.code == "wrong_code"
    assert (await control.phone(anna)).devices == []


async def test_a_code_without_a_waiting_device_is_refused(control: SandboxControl, anna: str) -> None:
    with pytest.raises(SandboxError) as refused:
        await control.enter_code(anna, "ABCD-1234")
    assert refused.value.code == "no_attempt"


async def test_a_client_for_an_unknown_number_gets_no_code(
    control: SandboxControl, make_client: Any, new_number: Callable[[], str]
) -> None:
    client = await make_client()
    await client.connect()
    await client.event("qr")
    with pytest.raises(RuntimeError):
        await client.do("pair_phone", phone=new_number().removeprefix("+"))


async def test_a_qr_code_of_a_client_that_has_left_is_expired(
    control: SandboxControl, make_client: Any, anna: str
) -> None:
    client = await make_client()
    await client.connect()
    code = (await client.event("qr"))["qr"]
    await client.kill()
    with pytest.raises(SandboxError) as refused:
        await _scan_until_noticed(control, anna, code)
    assert refused.value.code == "qr_expired"


async def _scan_until_noticed(control: SandboxControl, phone: str, code: str) -> None:
    """The server may need a moment to see that the connection has gone."""
    async with asyncio.timeout(20):
        while True:
            try:
                await control.scan(phone, code)
            except SandboxError as error:
                if error.code != "device_left":
                    raise
            await asyncio.sleep(0.02)


async def test_two_clients_of_one_number_get_different_device_numbers(
    control: SandboxControl, make_client: Any, anna: str
) -> None:
    first, second = await make_client(), await make_client()
    assert await first.link(control, anna) == 1
    assert await second.link(control, anna) == 2


async def test_a_linked_client_receives_its_keys_and_history_and_can_say_that_it_is_there(
    control: SandboxControl, client: Any
) -> None:
    await client.event("history")
    await client.do("presence")
    assert not [event for event in client.events if event["event"] == "stream_error"]
