"""Linking as the library's threads tell it: what is shown, how it fails, when it is done."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from messageapi.engines.linked import addresses, pairing, store
from messageapi.engines.linked.heard import events
from messageapi.engines.linked.library.native import Listener
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.port import EngineError, Linked, PairingCode, PairingEvent, PairingFailed, Qr
from messageapi.vocab.clock import now_ms


class Library:
    """Stands where the native client stands: a test says what it tells."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.listener: Listener
        self.code = wire.PairPhoneReturnFunction(Code="ABCD-EFGH")
        self.asked: list[str] = []
        self.devices: list[bytes] = []
        self.stopped = False
        self.nameless = 0  # so often it does not know the account's name yet
        self._loop = asyncio.get_running_loop()

    def make(self, jid: bytes, listener: Listener) -> Any:
        self.started.clear()
        self.devices.append(jid)
        self.listener = listener
        return self

    def start(self) -> None:
        self._loop.call_soon_threadsafe(self.started.set)

    def presence(self, _state: str) -> str:
        self.nameless -= 1
        return "can't send presence without PushName set" if self.nameless >= 0 else ""

    def stop(self) -> None:
        self.stopped = True

    def pair_phone(self, request: bytes) -> bytes:
        self.asked.append(wire.PairPhoneParams.FromString(request).phone)
        answer: bytes = self.code.SerializeToString()
        return answer


Linking = tuple[Library, list[PairingEvent], asyncio.Task[None]]
Begin = Callable[..., Any]


@pytest.fixture
async def begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Begin:
    monkeypatch.setattr(store, "settle", lambda _: True)

    async def make(phone: str = "") -> Linking:
        library = Library()
        reported: list[PairingEvent] = []
        task = asyncio.create_task(pairing.link(library.make, tmp_path, phone, reported.append))
        await library.started.wait()
        return library, reported, task

    return make


def tell_connected(listener: Listener) -> None:
    jid, lid = (wire.JID.FromString(addresses.to_bytes(text)) for text in ("491511:2@s.whatsapp.net", "7:2@lid"))
    me = wire.Device(JID=jid, LID=lid, Platform="", BussinessName="", PushName="", Initialized=True)
    listener.status("success")
    listener.event(events.ME, me.SerializeToString())
    listener.event(events.CONNECTED, wire.Connected(status=True).SerializeToString())


async def test_codes_are_shown_with_their_time_and_the_end_is_reported(begin: Begin) -> None:
    library, reported, task = await begin()
    before = now_ms()
    library.listener.qr("first")
    library.listener.qr("second")
    tell_connected(library.listener)
    await asyncio.wait_for(task, 10)
    first, second, linked = reported
    assert isinstance(first, Qr)
    assert isinstance(second, Qr)
    assert 59_000 <= first.expires_at - before <= 70_000
    assert 19_000 <= second.expires_at - before <= 30_000
    assert linked == Linked("491511:2@s.whatsapp.net", "7:2@lid")
    assert library.stopped


async def test_a_code_is_asked_for_once_the_connection_stands(begin: Begin) -> None:
    library, reported, task = await begin("491511")
    assert library.asked == []
    library.listener.qr("first")
    library.listener.qr("second")
    tell_connected(library.listener)
    await asyncio.wait_for(task, 10)
    assert library.asked == ["491511"]
    assert [type(event) for event in reported] == [PairingCode, Linked]


async def test_a_login_that_does_not_come_is_tried_once_more(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library tries it once after the pairing, says nothing when that fails, and would wait for ever."""
    monkeypatch.setattr(pairing, "_LOGIN_S", 0.2)
    library, reported, task = await begin()
    jid = wire.JID.FromString(addresses.to_bytes("491511:2@s.whatsapp.net"))
    lid = wire.JID.FromString(addresses.to_bytes("7:2@lid"))
    me = wire.Device(JID=jid, LID=lid, Platform="", BussinessName="", PushName="", Initialized=True)
    library.listener.status("success")
    library.listener.event(events.ME, me.SerializeToString())
    async with asyncio.timeout(10):
        while len(library.devices) < 2:
            await library.started.wait()
            await asyncio.sleep(0)
        await library.started.wait()
    assert library.devices == [b"", jid.SerializeToString()]
    tell_connected(library.listener)
    await asyncio.wait_for(task, 10)
    assert reported == [Linked("491511:2@s.whatsapp.net", "7:2@lid")]


async def test_no_code_is_an_error(begin: Begin) -> None:
    library, _, task = await begin("491511")
    library.code = wire.PairPhoneReturnFunction(Error="phone number too short")
    library.listener.qr("first")
    with pytest.raises(EngineError) as refused:
        await asyncio.wait_for(task, 10)
    assert refused.value.code == "refused"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("timeout", "timeout"),
        ("error", "refused"),
        ("err-client-outdated", "client_outdated"),
        ("passkey-request", "passkey_required"),
        ("passkey-confirmation", "passkey_required"),
    ],
)
async def test_the_end_of_the_codes_says_why(begin: Begin, status: str, code: str) -> None:
    library, reported, task = await begin()
    library.listener.qr("first")
    library.listener.status(status)
    await asyncio.wait_for(task, 10)
    failed = reported[-1]
    assert isinstance(failed, PairingFailed)
    assert failed.code == code


async def test_a_client_that_ends_before_it_was_linked_has_no_network(begin: Begin) -> None:
    library, reported, task = await begin()
    library.listener.ended("failed to dial")
    await asyncio.wait_for(task, 10)
    assert [event.code for event in reported if isinstance(event, PairingFailed)] == ["network"]


async def test_a_login_that_is_refused_after_linking_is_told(begin: Begin) -> None:
    library, reported, task = await begin()
    library.listener.event(events.LOGGED_OUT, wire.LoggedOut(OnConnect=True, Reason=2).SerializeToString())
    await asyncio.wait_for(task, 10)
    assert [event.code for event in reported if isinstance(event, PairingFailed)] == ["refused"]


async def test_credentials_that_are_not_sound_are_not_reported_as_linked(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "settle", lambda _: False)
    library, reported, task = await begin()
    tell_connected(library.listener)
    await asyncio.wait_for(task, 10)
    assert [event.code for event in reported if isinstance(event, PairingFailed)] == ["crashed"]


async def test_a_new_device_stays_until_the_phone_has_introduced_it(begin: Begin) -> None:
    library, reported, task = await begin()
    library.nameless = 2
    tell_connected(library.listener)
    await task
    assert library.nameless < 0
    assert isinstance(reported[-1], Linked)
