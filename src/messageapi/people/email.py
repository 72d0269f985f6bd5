"""Another email address: it counts once links at both ends were opened, in the old mailbox and in the new one. Either
end can refuse. Whether somebody has the new address is not told before its mailbox is proved.
"""

from typing import Literal

import msgspec

from messageapi.accounts.edit import follow_email
from messageapi.errors import Problem
from messageapi.notices.facts import EmailChangedNew, EmailChangedOld
from messageapi.people import rows, slips, throttle
from messageapi.people.fresh import proved
from messageapi.people.letters import EMAIL, hours, letter, link
from messageapi.people.logins.session import SignedIn
from messageapi.people.person import Person, valid_email
from messageapi.people.slips import Kind, Slip
from messageapi.people.trail import trail
from messageapi.store.tx import Tx
from messageapi.vocab.caller import owner_of
from messageapi.web.doors import Doors

ENDS: tuple[Kind, Kind] = ("email_old", "email_new")


class EmailChange(msgspec.Struct, frozen=True):
    """What a link is about, to be shown beside its two buttons."""

    new_email: str
    end: Literal["old", "new"]


class PendingEmail(msgspec.Struct, frozen=True):
    """`ends`: those that have not agreed yet."""

    new_email: str
    ends: tuple[Kind, ...]
    sent_at: int
    expires_at: int


async def ask_for_email(doors: Doors, who: SignedIn, *, email: str, password: str) -> None:
    """Write to both. A change that was asked for before is void."""
    email = valid_email(email)
    if email == who.email:
        raise Problem("email_same", 422, "This is your email already. Write another one.")
    person = await proved(doors, who, password)
    await _admit(doors, who, email)

    async def work(tx: Tx) -> None:
        for end in ENDS:
            await _write(tx, doors, person, end, email)
        await trail(tx, person.id, "person.email_change_asked", {"email": email}, now=doors.clock())

    await doors.db.writer.run(work)


async def pending_email(doors: Doors, who: SignedIn) -> PendingEmail | None:
    """The change that was asked for and is not over."""
    return await doors.db.read(lambda tx: _pending(tx, who.person_id, doors.clock()))


async def send_email_again(doors: Doors, who: SignedIn) -> None:
    """New links to those who have not agreed yet; the older ones are void. Raise Problem email_not_changing."""
    pending = await pending_email(doors, who)
    if pending is not None:
        await _admit(doors, who, pending.new_email)

    async def work(tx: Tx) -> None:
        waiting = _found(await _pending(tx, who.person_id, doors.clock()))
        person = await rows.known_person(tx, who.person_id)
        for end in waiting.ends:
            await _write(tx, doors, person, end, waiting.new_email)

    await doors.db.writer.run(work)


async def cancel_email(doors: Doors, who: SignedIn) -> None:
    """The links that were sent open nothing any more. Raise Problem email_not_changing."""

    async def work(tx: Tx) -> None:
        waiting = _found(await _pending(tx, who.person_id, doors.clock()))
        await _call_off(tx, doors, who.person_id, waiting.new_email)

    await doors.db.writer.run(work)


async def read_email_link(doors: Doors, token: str) -> EmailChange:
    """Before the page is shown. Raise Problem link_invalid."""
    kind, slip = await doors.db.read(lambda tx: _either(tx, token, doors.clock()))
    return EmailChange(slip.facts["email"], "old" if kind == "email_old" else "new")


async def confirm_email(doors: Doors, token: str) -> bool:
    """One end agrees. False: the other has not yet."""

    async def work(tx: Tx) -> bool:
        now = doors.clock()
        kind, slip = await _either(tx, token, now)
        person_id = slip.person_id or ""
        await rows.lock_person(tx, person_id)
        await slips.spend(tx, kind, slip)
        other = ENDS[1 - ENDS.index(kind)]
        if await rows.has_slip(tx, other, person_id):
            return False
        await _apply(tx, person_id, slip.facts["email"], now)
        return True

    return await doors.db.writer.run(work)


async def refuse_email(doors: Doors, token: str) -> None:
    """One end does not: the change is off."""

    async def work(tx: Tx) -> None:
        _, slip = await _either(tx, token, doors.clock())
        await _call_off(tx, doors, slip.person_id or "", slip.facts["email"])

    await doors.db.writer.run(work)


async def _admit(doors: Doors, who: SignedIn, email: str) -> None:
    await throttle.admit(doors, (throttle.MAIL_TO_EMAIL, email), (throttle.MAIL_BY_PERSON, who.person_id))


async def _write(tx: Tx, doors: Doors, person: Person, end: Kind, email: str) -> None:
    """The link of one end, into the mailbox that is to prove itself."""
    token = await slips.write(tx, end, doors.clock(), person_id=person.id, facts={"email": email})
    path, left = link(EMAIL, token), hours(end)
    if end == ENDS[0]:
        await letter(tx, doors, person, EmailChangedOld(new_email=email, path=path, hours=left))
    else:
        await letter(tx, doors, person, EmailChangedNew(path=path, hours=left), to=email)


async def _pending(tx: Tx, person_id: str, now: int) -> PendingEmail | None:
    found = {row.kind: row for row in await rows.slips_of(tx, person_id, ENDS, now)}
    ends = tuple(end for end in ENDS if end in found)
    if not ends:
        return None
    row = found[ends[0]]
    return PendingEmail(msgspec.json.decode(row.facts)["email"], ends, row.created_at, row.expires_at)


def _found(pending: PendingEmail | None) -> PendingEmail:
    if pending is None:
        raise Problem("email_not_changing", 409, "No change of your email is waiting. Ask for one on your profile.")
    return pending


async def _call_off(tx: Tx, doors: Doors, person_id: str, email: str) -> None:
    await rows.void_slips(tx, person_id, *ENDS)
    await trail(tx, person_id, "person.email_change_called_off", {"email": email}, now=doors.clock())


async def _either(tx: Tx, token: str, now: int) -> tuple[Kind, Slip]:
    try:
        return ENDS[0], await slips.read(tx, ENDS[0], token, now)
    except Problem:
        return ENDS[1], await slips.read(tx, ENDS[1], token, now)


async def _apply(tx: Tx, person_id: str, email: str, now: int) -> None:
    person = await rows.known_person(tx, person_id)
    if await rows.by_email(tx, email):
        raise Problem("email_taken", 409, "Somebody has this email already. Use another one.")
    await rows.change(tx, person_id, email=email, verified_at=now)
    await trail(tx, person_id, "person.email_changed", {"email": email}, now=now)
    for mine in await rows.memberships_of(tx, person_id):
        if mine.role == "owner":
            await follow_email(tx, owner_of(mine.account_id, person_id), old=person.email, new=email)
