"""Links a new device: shows codes until the phone takes one, then waits until the credentials are usable and stored."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from messageapi.engines.linked import events, store
from messageapi.engines.linked.addresses import to_text
from messageapi.engines.linked.native import Client, Listener
from messageapi.engines.linked.protos import wire
from messageapi.engines.linked.threads import on_thread
from messageapi.engines.port import EngineError, Linked, PairingCode, PairingEvent, PairingFailed, Qr
from messageapi.vocab.clock import now_ms

Report = Callable[[PairingEvent], None]

_FIRST_QR_MS, _NEXT_QR_MS = 60_000, 20_000
_CODE_MS = 160_000  # the connection on which a code was given ends after that
_CODE_S = 20.0
_START_S = 15.0
_STOP_S = 30.0
_SETTLE_S = 15.0
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


async def link(make: Callable[[Listener], Client], folder: Path, phone: str, report: Report) -> None:
    """Return when `Linked` or `PairingFailed` was reported."""
    happened = _Happened()
    client = make(happened.listener())
    await on_thread(client.start, _START_S)
    shown = 0
    me: Any = None
    while True:
        kind, what = await happened.get()
        if kind == "qr":
            shown += 1
            if not phone:
                report(Qr(what, now_ms() + (_FIRST_QR_MS if shown == 1 else _NEXT_QR_MS)))
            elif shown == 1:
                report(await _code(client, phone))
        elif kind == "event":
            code, data = what
            me = events.parsed(code, data) if code == events.ME else me
            if code == events.CONNECTED:
                report(await _linked(client, folder, me))
                return
        if failed := _failure(kind, what):
            report(failed)
            return


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


async def _linked(client: Client, folder: Path, me: Any) -> PairingEvent:
    """The device has logged in once. Leave in order, so that another process may open the credentials at once."""
    try:
        await on_thread(client.stop, _STOP_S)
        sound = await on_thread(lambda: store.settle(folder), _SETTLE_S)
    except TimeoutError:
        sound = False
    if not sound or me is None:
        return PairingFailed("crashed", "The credentials could not be stored.")
    return Linked(to_text(me.JID), to_text(me.LID), me.PushName)
