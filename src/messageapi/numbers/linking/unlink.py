"""Log the linked device out at WhatsApp and forget its credentials; or give up a linking that is under way."""

from typing import NamedTuple

from messageapi import logs
from messageapi.audit.note import note
from messageapi.bus.port import BusError
from messageapi.engines.port import Done, UnlinkSession
from messageapi.errors import Problem
from messageapi.numbers import find, folders, rows
from messageapi.numbers.asking import hosts
from messageapi.numbers.linking import pairing
from messageapi.numbers.number import Number, Placement
from messageapi.numbers.transition import move, overtaken
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

UNLINK_DEADLINE_S = 15.0
_log = logs.log("numbers")


class _Ended(NamedTuple):
    """What has to be told: the host that holds the session, or the pairing host that was linking."""

    held: Placement | None = None
    pairing_host: str | None = None
    folder: str | None = None


class Unlinked(NamedTuple):
    """`at_whatsapp` False: the phone still lists the device and has to remove it there."""

    number: Number
    at_whatsapp: bool


async def unlink(doors: Doors, caller: Caller, number_id: str) -> Unlinked:
    """The number stays and can be linked again. Raise Problem number_not_linked when there is nothing to end."""

    async def work(tx: Tx) -> _Ended:
        number = await find.one(tx, caller, number_id)
        await note(tx, caller, "number.unlinked", number_id, {"name": number.name}, now=doors.clock())
        return await _end(doors, tx, number)

    ended = await doors.db.writer.run(work)
    if ended.pairing_host:
        await hosts.release(doors.bus, ended.pairing_host)
    at_whatsapp = await _log_out(doors, ended.held) if ended.held else False
    if ended.folder:
        await folders.remove(doors.settings, ended.folder)
    else:
        await forget(doors, number_id)
    async with doors.db.reading() as tx:
        return Unlinked(await find.one(tx, caller, number_id), at_whatsapp)


async def _end(doors: Doors, tx: Tx, number: Number) -> _Ended:
    """From here on nobody opens the number again."""
    placement = await rows.placement_of(tx, number.id)
    host_id = placement.host_id if placement else None
    if number.state in {"linking", "passkey_required"}:
        folder = await rows.folder_of(tx, number.id)
        await pairing.end_linking(doors, tx, number, "canceled")
        return _Ended(pairing_host=host_id, folder=folder)
    if not number.linked:
        raise Problem("number_not_linked", 409, "This number is not linked, so there is nothing to unlink.")
    if not await move(doors, tx, number, "logged_out", "unlinked"):
        raise overtaken()
    return _Ended(held=placement if placement and placement.wanted and host_id else None)


async def _log_out(doors: Doors, held: Placement) -> bool:
    command = UnlinkSession(held.number_id, held.epoch)
    try:
        answer = await hosts.tell(doors.bus, held.host_id or "", command, UNLINK_DEADLINE_S)
    except BusError as problem:
        _log.warning("not logged out at WhatsApp", number=held.number_id, code=problem.code)
        return False
    return isinstance(answer, Done)


async def forget(doors: Doors, number_id: str) -> None:
    """Remove the credentials of an unlinked number and fence its old host off."""

    async def work(tx: Tx) -> str | None:
        number = (await rows.by_ids(tx, [number_id])).get(number_id)
        if number is None or number.state != "logged_out":
            return None
        folder = await rows.folder_of(tx, number_id)
        await rows.change(tx, number_id, number.state, jid=None, lid=None)
        await rows.renew(tx, number_id, folders.new_name(), host_id=None, journal_since=doors.clock())
        return folder

    folder = await doors.db.writer.run(work)
    if folder:
        await folders.remove(doors.settings, folder)
