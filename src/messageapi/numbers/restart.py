"""Open a linked number's connection anew: after a stop, after another program took it over, or just so."""

from messageapi.errors import Problem
from messageapi.numbers import find, rows
from messageapi.numbers.limits import limit_of
from messageapi.numbers.number import Number
from messageapi.numbers.transition import move, overtaken
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.clock import iso
from messageapi.web.doors import Doors


async def restart(doors: Doors, caller: Caller, number_id: str) -> Number:
    """Raise Problem number_not_linked, or number_banned while a ban lasts."""

    async def work(tx: Tx) -> Number:
        number = await find.one(tx, caller, number_id)
        now = doors.clock()
        _check(number, now)
        until = number.limited_until if limit_of(number, now) else None
        moved = await move(doors, tx, number, "connecting", "opening", limited_until=until)
        if moved is None:
            raise overtaken()
        await rows.want(tx, number_id)
        return moved

    return await doors.db.writer.run(work)


def _check(number: Number, now: int) -> None:
    if not number.linked or number.state in {"created", "linking", "logged_out", "passkey_required"}:
        raise Problem("number_not_linked", 409, "This number is not linked. Link it with a QR code or a code first.")
    if number.state == "banned" and (number.limited_until or 0) > now:
        until = iso(number.limited_until)
        raise Problem("number_banned", 409, f"WhatsApp has banned this number until {until}. It starts again then.")
