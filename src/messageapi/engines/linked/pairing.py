"""Links a new device: shows codes until the phone takes one, then waits until the credentials are usable and stored."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from messageapi.engines.linked import store
from messageapi.engines.linked.addresses import to_text
from messageapi.engines.linked.chats import CALL_S, NAMELESS
from messageapi.engines.linked.heard import events
from messageapi.engines.linked.library.native import Client, GoneError, Listener
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.linked.library.threads import on_thread
from messageapi.engines.port import EngineError, Linked, PairingCode, PairingEvent, PairingFailed, Qr
from messageapi.vocab.clock import now_ms

Report = Callable[[PairingEvent], None]

_FIRST_QR_MS, _NEXT_QR_MS = 60_000, 20_000
_CODE_MS = 160_000  # the connection on which a code was given ends after that
_CODE_S = 20.0
_LOGIN_S = 25.0
_START_S = 15.0
_STOP_S = 30.0
_SETTLE_S = 15.0
_NAME_S = 8.0
_LOOK_S = 0.1
_CHROME = 1  # WhatsApp knows a few browsers and refuses other names

_ENDS = {
    "timeout": ("timeout", "Nobody scanned the code in time."),
    "error": ("refused", "WhatsApp refused to link this device."),
    "err-client-outdated": ("client_outdated", "WhatsApp no longer accepts this client version."),
    "err-unexpected-state": ("refused", "WhatsApp ended the linking."),
    "err-scanned-without-multidevice": ("refused", "The phone's WhatsApp is too old to link devices. Update it."),
    "passkey-request": ("passkey_required", "WhatsApp asks for a passkey, which a linked device cannot give yet."),
    "passkey-confirmation": ("passkey_required", "WhatsApp asks to confirm a passkey, which is not possible here yet."),
}
_FAILS = {
    events.OUTDATED: _ENDS["err-client-outdated"],
    events.LOGGED_OUT: ("refused", "WhatsApp ended the login of the new device."),
    events.BANNED: ("refused", "WhatsApp has banned this number for a time."),
    events.CONNECT_FAILURE: ("refused", "WhatsApp refused the login of the new device."),
}


class _Happened(asyncio.Queue[tuple[str, Any]]):
    """What the library's threads say, brought to the loop in order."""

    def listener(self) -> Listener:
        loop = asyncio.get_running_loop()

        def tell(kind: str, what: Any) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self.put_nowait, (kind, what))

        return Listener(
            qr=lambda code: tell("qr", code),
            status=lambda name: tell("status", name),
            event=lambda code, data: tell("event", (code, data)),
            log=lambda _data, _size: None,
            ended=lambda problem: tell("ended", problem),
        )


Make = Callable[[bytes, Listener], Client]
"""A client for this device, or with an empty address for a new one."""


async def link(make: Make, folder: Path, phone: str, report: Report) -> None:
    """Return when `Linked` or `PairingFailed` was reported."""
    linking = _Linking(make, phone, report)
    try:
        me = await linking.until_logged_in()
    except TimeoutError:
        me = await linking.log_in_again()
    report(me if isinstance(me, PairingFailed) else await _linked(linking.client, folder, me))


class _Linking:
    """One try. The library's own login after the pairing is tried once by it; if that fails, we try it once more."""

    def __init__(self, make: Make, phone: str, report: Report) -> None:
        self._make, self._phone, self._report = make, phone, report
        self._happened = _Happened()
        self.client = make(b"", self._happened.listener())
        self._shown = 0
        self._paired = False
        self._me: Any = None

    async def until_logged_in(self) -> Any:
        """Who we are now, or why not. Raise TimeoutError when the login behind the pairing does not come."""
        await on_thread(self.client.start, _START_S)
        while True:
            waiting = self._happened.get()
            kind, what = await (asyncio.wait_for(waiting, _LOGIN_S) if self._paired else waiting)
            if kind == "qr":
                await self._show(what)
            elif kind == "status" and what == "success":
                self._paired = True
            elif kind == "event" and what[0] == events.ME:
                self._me = events.parsed(*what)
            elif kind == "event" and what[0] == events.CONNECTED:
                return self._me
            if failed := _failure(kind, what):
                return failed

    async def log_in_again(self) -> Any:
        if self._me is None:
            return PairingFailed("network", "The connection broke while the device was linked. Link it again.")
        await on_thread(self.client.stop, _STOP_S)
        self._happened = _Happened()
        self.client = self._make(self._me.JID.SerializeToString(), self._happened.listener())
        try:
            return await self.until_logged_in()
        except TimeoutError:
            return PairingFailed("network", "The new device could not log in. Link it again.")

    async def _show(self, code: str) -> None:
        self._shown += 1
        if not self._phone:
            self._report(Qr(code, now_ms() + (_FIRST_QR_MS if self._shown == 1 else _NEXT_QR_MS)))
        elif self._shown == 1:
            self._report(await _code(self.client, self._phone))


def _failure(kind: str, what: Any) -> PairingFailed | None:
    if kind == "ended":
        return PairingFailed("network", "WhatsApp cannot be reached.")
    if kind == "status" and what in _ENDS:
        return PairingFailed(*_ENDS[what])
    if kind == "event" and what[0] in _FAILS:
        return PairingFailed(*_FAILS[what[0]])
    return None


async def _code(client: Client, phone: str) -> PairingCode:
    """Asked for on the open connection: given at the start, the library would print it."""
    request = wire.PairPhoneParams(
        phone=phone, showPushNotification=True, clientType=_CHROME, clientDisplayName="Chrome (Linux)"
    ).SerializeToString()
    try:
        answer = wire.PairPhoneReturnFunction.FromString(await on_thread(lambda: client.pair_phone(request), _CODE_S))
    except TimeoutError:
        raise EngineError("network", "WhatsApp did not give a code.", permanent=False) from None
    if not answer.Code:
        raise EngineError("refused", "WhatsApp gave no code for this phone number.", permanent=True)
    return PairingCode(answer.Code, now_ms() + _CODE_MS)


async def _introduced(client: Client) -> None:
    """Until the phone has told the account's name, which it does once: a device without it is never seen online."""
    with suppress(TimeoutError, GoneError):
        async with asyncio.timeout(_NAME_S):
            while NAMELESS in await on_thread(lambda: client.presence("unavailable"), CALL_S):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_S)


async def _linked(client: Client, folder: Path, me: Any) -> PairingEvent:
    """The device has logged in once. Leave in order, so that another process may open the credentials at once."""
    await _introduced(client)
    try:
        await on_thread(client.stop, _STOP_S)
        sound = await on_thread(lambda: store.settle(folder), _SETTLE_S)
    except TimeoutError:
        sound = False
    if not sound or me is None:
        return PairingFailed("crashed", "The credentials could not be stored.")
    return Linked(to_text(me.JID), to_text(me.LID), me.PushName)
