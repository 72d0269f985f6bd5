"""A new password: for who forgot theirs, by mail, and for who knows it. Every other session ends with the old one."""

from messageapi.notices.facts import ResetPassword
from messageapi.people import password as passwords
from messageapi.people import rows, slips, throttle
from messageapi.people.fresh import proved
from messageapi.people.letters import RESET, letter, link, tell_change
from messageapi.people.logins.session import Begun, SignedIn, renewed
from messageapi.people.logins.sign_in import NeedsSecond, entered, second_factors
from messageapi.people.person import Person, SeenFrom, valid_email
from messageapi.people.trail import trail
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors

MINUTES = slips.LIVES["reset"] // slips.MINUTE


async def ask_for_reset(doors: Doors, *, email: str, seen_from: SeenFrom) -> None:
    """A mail with a link, if there is somebody; the asker is told the same either way, after the same work."""
    email = valid_email(email)
    await throttle.admit(doors, (throttle.MAIL_BY_ADDRESS, seen_from.address), (throttle.MAIL_TO_EMAIL, email))

    async def work(tx: Tx) -> None:
        person = await rows.by_email(tx, email)
        token = await slips.write(tx, "reset", doors.clock(), person_id=person.id if person else None)
        if person:
            await letter(tx, doors, person, ResetPassword(path=link(RESET, token), minutes=MINUTES))

    await doors.db.writer.run(work)


async def check_reset(doors: Doors, token: str) -> None:
    """Before the form is shown. Raise Problem link_invalid."""
    await doors.db.read(lambda tx: slips.read(tx, "reset", token, doors.clock()))


async def reset(doors: Doors, token: str, password: str, *, seen_from: SeenFrom) -> Begun | NeedsSecond:
    """The link proves the email; a second factor is asked for all the same."""
    slip = await doors.db.read(lambda tx: slips.read(tx, "reset", token, doors.clock()))
    person = await doors.db.read(lambda tx: rows.person(tx, slip.person_id or ""))
    if person:
        passwords.check_password(password, person.name, person.email)
    new = await passwords.hashed(password)

    async def work(tx: Tx) -> Begun | NeedsSecond:
        now = doors.clock()
        person_id = (await slips.use(tx, "reset", token, now)).person_id or ""
        await rows.change(tx, person_id, password=new, password_at=now)
        await rows.verify(tx, person_id, now)
        await rows.end_logins(tx, person_id)
        await rows.void_slips(tx, person_id)
        await trail(tx, person_id, "person.password_reset", now=now)
        changed = await rows.known_person(tx, person_id)
        await tell_change(tx, doors, changed, "password")
        if methods := await second_factors(tx, changed):
            return NeedsSecond(await slips.write(tx, "second", now, person_id=person_id), methods)
        return await entered(tx, doors, changed, seen_from)

    return await doors.db.writer.run(work)


async def change_password(doors: Doors, who: SignedIn, *, old: str, new: str) -> Begun:
    """All other sessions end, and this one gets a new token."""
    person = await proved(doors, who, old)
    passwords.check_password(new, person.name, person.email)
    made = await passwords.hashed(new)

    async def work(tx: Tx) -> Begun:
        return await _changed(tx, doors, who, person, made)

    return await doors.db.writer.run(work)


async def _changed(tx: Tx, doors: Doors, who: SignedIn, person: Person, made: str) -> Begun:
    now = doors.clock()
    await rows.change(tx, person.id, password=made, password_at=now)
    await rows.end_logins(tx, person.id, but=who.session_id)
    await rows.void_slips(tx, person.id)
    await trail(tx, person.id, "person.password_changed", now=now)
    await tell_change(tx, doors, person, "password")
    return await renewed(tx, doors, who)
