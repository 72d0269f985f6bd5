"""What pairing hosts report: linked, failed, or the host ended. Guarded by the epoch, so repeating is harmless."""

from messageapi.engines.port import Linked
from messageapi.numbers import folders, rows
from messageapi.numbers.asking import hosts
from messageapi.numbers.number import Number, Placement
from messageapi.numbers.observe import phone_of
from messageapi.numbers.states import State
from messageapi.numbers.transition import move
from messageapi.store.db import Tx
from messageapi.web.doors import Doors

LINKING_MS = 200_000  # a pairing host lives 180 s at most; whatever links longer has lost its host

_FAILURES: dict[str, tuple[State, str]] = {
    "timeout": ("created", "link_timeout"),
    "refused": ("created", "link_refused"),
    "passkey_required": ("passkey_required", "passkey_required"),
    "client_outdated": ("created", "client_outdated"),
    "network": ("created", "link_network"),
    "canceled": ("created", "link_canceled"),
    "too_many_links": ("created", "too_many_links"),
    "library_unusable": ("created", "library_unusable"),
}
_CRASHED: tuple[State, str] = ("created", "link_crashed")


async def linked(doors: Doors, number_id: str, epoch: int, event: Linked) -> bool:
    """Keep the addresses and want the number held. False when this linking is no longer the current one."""

    async def work(tx: Tx) -> str | None:
        number, placement = await _current(tx, number_id, epoch)
        if number is None or placement is None:
            return None
        phone = phone_of(event.jid)
        same = number.linked_at if number.phone == phone else None
        since = doors.clock() if same is None else same
        known = {"jid": event.jid, "lid": event.lid or None, "phone": phone, "linked_at": since}
        if not await move(doors, tx, number, "connecting", "opening", **known):
            return None
        # host_id stays: the placer opens the session elsewhere only when the pairing host is gone
        await rows.place(tx, number_id, epoch, wanted=True, epoch=epoch + 1, failures=0, retry_at=None)
        return placement.host_id or ""

    host_id = await doors.db.writer.run(work)
    if host_id:
        await hosts.release(doors.bus, host_id)
    return host_id is not None


async def failed(doors: Doors, number_id: str, epoch: int, code: str) -> bool:
    """Back to where linking can begin again, with the reason. The half-made credentials are removed."""

    async def work(tx: Tx) -> tuple[str, str | None] | None:
        number, placement = await _current(tx, number_id, epoch)
        if number is None or placement is None:
            return None
        folder = await rows.folder_of(tx, number_id)
        await end_linking(doors, tx, number, code)
        return folder, placement.host_id

    ended = await doors.db.writer.run(work)
    if ended is None:
        return False
    folder, host_id = ended
    if host_id:
        await hosts.release(doors.bus, host_id)
    await folders.remove(doors.settings, folder)
    return True


async def end_linking(doors: Doors, tx: Tx, number: Number, code: str) -> None:
    then, reason = _FAILURES.get(code, _CRASHED)
    await move(doors, tx, number, then, reason, jid=None, lid=None, phone=None)
    await rows.renew(tx, number.id, folders.new_name(), host_id=None, journal_since=doors.clock())


async def host_ended(doors: Doors, host_id: str) -> None:
    """A pairing host is gone: a number still linking in it has nobody to link it."""
    async with doors.db.reading() as tx:
        held = [one for one in await rows.held_by(tx, host_id) if one.state == "linking"]
    for one in held:
        await failed(doors, one.number_id, one.epoch, "crashed")


async def _current(tx: Tx, number_id: str, epoch: int) -> tuple[Number | None, Placement | None]:
    number = (await rows.by_ids(tx, [number_id])).get(number_id)
    placement = await rows.placement_of(tx, number_id)
    if number is None or placement is None or placement.epoch != epoch or number.state != "linking":
        return None, None
    return number, placement
