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
from messageapi.people.person import valid_email
from messageapi.people.session import SignedIn
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


async def ask_for_email(doors: Doors, who: SignedIn, *, email: str, password: str) -> None:
    """Write to both. A change that was asked for before is void."""
    email = valid_email(email)
    person = await proved(doors, who, password)
    await throttle.admit(doors, (throttle.MAIL_TO_EMAIL, email), (throttle.MAIL_BY_PERSON, who.person_id))

    async def work(tx: Tx) -> None:
        now, facts = doors.clock(), {"email": email}
        old, new = [await slips.write(tx, kind, now, person_id=person.id, facts=facts) for kind in ENDS]
        told = EmailChangedOld(new_email=email, path=link(EMAIL, old), hours=hours("email_old"))
        await letter(tx, doors, person, told)
        asked = EmailChangedNew(path=link(EMAIL, new), hours=hours("email_new"))
        await letter(tx, doors, person, asked, to=email)
        await trail(tx, person.id, "person.email_change_asked", {"email": email}, now=now)

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
        await rows.void_slips(tx, slip.person_id, *ENDS)

    await doors.db.writer.run(work)


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
