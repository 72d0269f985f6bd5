"""The newest QR or code of a number that is being linked. A credential: asked for over the bus, stored nowhere."""

import io
from typing import Literal

import msgspec
import segno

from messageapi.bus import subjects
from messageapi.bus.port import BusError
from messageapi.engines.port import PairingCode, Qr, Shown
from messageapi.errors import Problem
from messageapi.numbers import find
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

Format = Literal["json", "svg", "png", "txt"]
ASK_DEADLINE_S = 3.0
MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "svg": "image/svg+xml",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
}
_shown = msgspec.msgpack.Decoder(Shown)


async def newest(doors: Doors, caller: Caller, number_id: str) -> Qr | PairingCode:
    """Raise Problem not_linking, or qr_not_ready while there is none yet."""
    async with doors.db.reading() as tx:
        number = await find.one(tx, caller, number_id)
    if number.state != "linking":
        raise Problem(
            "not_linking",
            409,
            "This number is not being linked. POST /api/v1/numbers/{id}/link begins it; then ask here.",
        )
    event = await _ask(doors, number_id)
    if event is None or event.expires_at <= doors.clock():
        raise Problem("qr_not_ready", 404, "The code is not there yet. Ask again in a second.", retry_after=1)
    return event


async def _ask(doors: Doors, number_id: str) -> Qr | PairingCode | None:
    try:
        answer = await doors.bus.ask(subjects.shown(number_id), b"", deadline_s=ASK_DEADLINE_S)
    except BusError:
        return None
    return _shown.decode(answer).event


def drawn(event: Qr | PairingCode, how: Literal["svg", "png", "txt"]) -> bytes:
    """Raise Problem code_not_qr for a code to type in, which cannot be drawn except as text."""
    if isinstance(event, PairingCode):
        if how == "txt":
            return f"{event.code}\n".encode()
        raise Problem("code_not_qr", 409, "This number is linked with a code to type in. Ask with format=json or txt.")
    symbol = segno.make(event.code, error="l", micro=False)
    if how == "txt":
        text = io.StringIO()
        symbol.terminal(text, compact=True)
        return text.getvalue().encode()
    picture = io.BytesIO()
    symbol.save(picture, kind=how, scale=6, border=4)
    return picture.getvalue()
