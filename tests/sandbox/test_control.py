"""The control interface: who may use it, what it shows, and that bad input is told and changes nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from messageapi.sandbox.client import SandboxControl, SandboxError
from messageapi.sandbox.published import Published

PATHS = [
    ("GET", "/health"),
    ("GET", "/stats"),
    ("GET", "/phones"),
    ("POST", "/phones"),
    ("GET", "/groups"),
    ("POST", "/groups"),
    ("PATCH", "/faults"),
    ("PATCH", "/phones/{digits}"),
    ("GET", "/phones/{digits}/inbox"),
    ("GET", "/phones/{digits}/inbox/1/media"),
    ("GET", "/phones/{digits}/notices"),
    ("GET", "/refusals"),
    ("POST", "/refusals"),
    *[("POST", f"/phones/{{digits}}/{verb}") for verb in ("scan", "code", "send", "read", "unlink", "kick", "replace")],
    *[("POST", f"/phones/{{digits}}/{verb}") for verb in ("played", "typing", "ban")],
]
TAKES_BODY = [(method, path) for method, path in PATHS if method != "GET"]


class Raw:
    """Requests as they are, without our client in between."""

    def __init__(self, published: Published) -> None:
        self._published = published

    async def __call__(
        self, method: str, path: str, data: bytes | str | None = None, token: str | None = None, **more: Any
    ) -> Any:
        headers = {"Authorization": f"Bearer {self._published.token if token is None else token}"}
        limit = aiohttp.ClientTimeout(total=10)
        async with (
            aiohttp.ClientSession(headers=headers, timeout=limit) as session,
            session.request(method, self._published.control + path, data=data, **more) as answer,
        ):
            return answer.status, json.loads(await answer.read())


@pytest.fixture
def raw(sandbox: Any) -> Any:
    return Raw(sandbox.published)


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("token", ["", "wrong", "ÄÖÜ"])
async def test_nothing_is_answered_without_the_token(raw: Any, method: str, path: str, token: str | None) -> None:
    status, body = await raw(method, path.replace("{digits}", "4915100000000"), token=token)
    assert (status, body["error"]) == (401, "unauthorized")


@pytest.mark.parametrize(("method", "path"), [pair for pair in PATHS if "{digits}" in pair[1]])
@pytest.mark.parametrize("digits", ["4999999999", "nonsense", "%00", "+49%2F.."])
async def test_an_unknown_phone_is_not_found(raw: Any, method: str, path: str, digits: str) -> None:
    status, body = await raw(method, path.replace("{digits}", digits), data=b"{}" if method != "GET" else None)
    assert status == 404
    assert body["message"]


@pytest.mark.parametrize(("method", "path"), TAKES_BODY)
@pytest.mark.parametrize("data", [b"{", b"\xff\xfe", b"[]", b"null", b'"text"', b'{"unheard": 1}', b"[" * 100_000])
async def test_a_malformed_body_is_refused(
    raw: Any, anna: str, method: str, path: str, data: bytes | str | None
) -> None:
    status, body = await raw(method, path.replace("{digits}", anna.removeprefix("+")), data=data)
    assert status == 400
    assert body["error"] in {"bad_json", "bad_request"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/phones", {}),
        ("POST", "/phones", {"phone": "+0123456789"}),
        ("POST", "/phones", {"phone": "+49 151"}),
        ("POST", "/phones", {"phone": 4915112345678}),
        ("POST", "/phones", {"phone": "+4915112345678", "name": ""}),
        ("POST", "/phones", {"phone": "+4915112345678", "name": "x" * 101}),
        ("POST", "/phones/{digits}/scan", {"qr": ""}),
        ("POST", "/phones/{digits}/scan", {"qr": "no QR code"}),
        ("POST", "/phones/{digits}/scan", {"qr": "a,b,c,d,e"}),
        ("POST", "/phones/{digits}/scan", {"qr": "ref,AAAA,BBBB,CCCC"}),
        ("POST", "/phones/{digits}/scan", {"qr": "ref,ä,ö,ü"}),
        ("POST", "/phones/{digits}/code", {"code": "1"}),
        ("POST", "/phones/{digits}/code", {"code": "0000-0000"}),
        ("POST", "/phones/{digits}/send", {"to": "+4915100000001"}),
        ("POST", "/phones/{digits}/send", {"to": "+4915100000001", "text": ""}),
        ("POST", "/phones/{digits}/send", {"to": "+4915100000001", "text": "x" * 65_537}),
        ("POST", "/phones/{digits}/send", {"to": "+4915100000001", "text": "x", "id": "no spaces"}),
        ("POST", "/phones/{digits}/send", {"to": "+4915100000001", "text": "\ud800"}),
        ("POST", "/phones", {"phone": "+4915112345678", "name": "\udfff"}),
        ("POST", "/phones/{digits}/read", {"ids": "all"}),
        ("POST", "/phones/{digits}/unlink", {"device": "one"}),
        ("PATCH", "/phones/{digits}", {"online": "yes"}),
        ("PATCH", "/phones/{digits}", {"delayMs": -1}),
        ("PATCH", "/phones/{digits}", {"delayMs": 10**9}),
        ("PATCH", "/phones/{digits}", {"refuse": "no"}),
        ("PATCH", "/phones/{digits}", {"receipts": ["seen"]}),
        ("PATCH", "/phones/{digits}", {"loginFailure": {"reason": 1}}),
        ("PATCH", "/phones/{digits}", {"loginFailure": 401}),
        ("POST", "/phones/{digits}/send", {"to": "+4915100000001", "type": "image"}),
        ("POST", "/phones/{digits}/send", {"to": "+4915100000001", "type": "image", "media": {"data": "no base64!"}}),
        ("POST", "/phones/{digits}/send", {"to": "+4915100000001", "type": "location", "location": {"latitude": 91}}),
        ("POST", "/phones/{digits}/send", {"to": "+4915100000001", "type": "telegram"}),
        ("POST", "/phones/{digits}/typing", {"to": "+4915100000001", "state": "dancing"}),
        ("POST", "/phones/{digits}/ban", {"seconds": 0}),
        ("POST", "/refusals", {"code": 1}),
        ("POST", "/refusals", {"answer": "maybe"}),
        ("POST", "/refusals", {"sender": "somebody"}),
        ("POST", "/refusals", {"recipient": "123@nowhere"}),
        ("GET", "/phones/{digits}/notices?after=x", None),
        ("PATCH", "/faults", {"dropAcks": -1}),
        ("PATCH", "/faults", {"silent": 1}),
        ("POST", "/groups", {"subject": "x", "members": []}),
        ("POST", "/groups", {"subject": "x", "members": ["nobody"]}),
        ("POST", "/groups", {"subject": "x", "members": ["+4915100000001"], "id": "../../etc"}),
        ("GET", "/phones/{digits}/inbox?after=x", None),
        ("GET", "/phones/{digits}/inbox?after=-1", None),
        ("GET", "/phones/{digits}/inbox?wait=31", None),
        ("GET", "/phones/{digits}/inbox?wait=nan", None),
    ],
)
async def test_a_value_that_does_not_fit_is_refused_with_a_sentence(
    raw: Any, anna: str, method: str, path: str, body: object
) -> None:
    data = None if body is None else json.dumps(body)
    status, said = await raw(method, path.replace("{digits}", anna.removeprefix("+")), data=data)
    assert (status, set(said)) == (400, {"error", "message"}), said
    assert said["message"].endswith(".")


async def test_a_huge_body_is_refused(raw: Any, anna: str) -> None:
    status, _ = await raw("POST", f"/phones/{anna[1:]}/send", data=b"x" * (40 << 20))
    assert status == 413


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/phones", 405)])
async def test_other_addresses_answer_in_json_too(raw: Any, method: str, path: str, status: int) -> None:
    answered, body = await raw(method, path)
    assert answered == status
    assert set(body) == {"error", "message"}


async def test_a_phone_is_made_once(raw: Any, control: SandboxControl, new_number: Callable[[], str]) -> None:
    number = new_number()
    body = json.dumps({"phone": number, "name": "Dora"})
    first, second = await raw("POST", "/phones", data=body), await raw("POST", "/phones", data=body)
    assert (first[0], second[0]) == (201, 200)
    assert first[1] == second[1]
    assert first[1]["name"] == "Dora"
    assert [phone.phone for phone in await control.phones()].count(number) == 1


async def test_the_inbox_comes_in_order_and_from_a_place(control: SandboxControl, anna: str, ben: str) -> None:
    for number in range(3):
        await control.send(ben, anna, f"text {number}")
    page = await control.inbox(anna)
    assert [message.n for message in page.messages] == [1, 2, 3]
    assert page.next == 3
    later = await control.inbox(anna, after=2)
    assert [message.text for message in later.messages] == ["text 2"]
    assert (await control.inbox(anna, after=3)).next == 3


async def test_phones_write_to_each_other_and_to_groups(
    control: SandboxControl, anna: str, ben: str, carla: str, arrives_at: Any
) -> None:
    await control.send(anna, ben, "phone to phone")
    message = await arrives_at(ben, "phone to phone")
    assert (message.from_, message.from_device, message.own) == (anna, 0, False)
    group = await control.create_group("Phones", [anna, ben])
    await control.send(anna, group.id, "to us")
    assert (await arrives_at(ben, "to us")).chat == group.id
    with pytest.raises(SandboxError) as refused:
        await control.send(carla, group.id, "not my group")
    assert refused.value.code == "refused"


async def test_a_phone_writes_to_nobody_who_is_not_there(
    control: SandboxControl, anna: str, new_number: Callable[[], str]
) -> None:
    for to, code in ((new_number(), "unknown_phone"), ("123456@g.us", "unknown_group"), ("x", "unknown_phone")):
        with pytest.raises(SandboxError) as refused:
            await control.send(anna, to, "hello?")
        assert (refused.value.code, refused.value.status) == (code, 404)


async def test_an_offline_phone_neither_writes_nor_links(control: SandboxControl, anna: str, ben: str) -> None:
    await control.change(anna, online=False)
    for attempt in (control.send(anna, ben, "hello?"), control.enter_code(anna, "ABCD-1234")):
        with pytest.raises(SandboxError) as refused:
            await attempt
        assert (refused.value.code, refused.value.status) == ("offline", 409)


async def test_a_group_is_made_once_and_not_changed_by_accident(control: SandboxControl, anna: str, ben: str) -> None:
    group = await control.create_group("Once", [anna, ben], "120363000000000001@g.us")
    assert await control.create_group("Once", [anna, ben, anna], "120363000000000001") == group
    with pytest.raises(SandboxError) as refused:
        await control.create_group("Twice", [anna], "120363000000000001")
    assert refused.value.status == 409
    with pytest.raises(SandboxError) as refused:
        await control.create_group("Strangers", [anna, "+4999999999"])
    assert refused.value.code == "unknown_phone"
    assert group in await control.groups()


async def test_unlinking_a_device_that_is_not_there_is_not_found(control: SandboxControl, anna: str) -> None:
    with pytest.raises(SandboxError) as refused:
        await control.unlink(anna, 7)
    assert refused.value.code == "unknown_device"
    assert await control.unlink(anna) == []


async def test_a_network_that_does_not_run_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(SandboxError) as refused:
        SandboxControl.from_folder(tmp_path)
    assert refused.value.code == "not_running"
    async with SandboxControl("http://127.0.0.1:9", "token") as nobody:
        with pytest.raises(SandboxError) as refused:
            await nobody.health()
    assert refused.value.code == "not_running"
