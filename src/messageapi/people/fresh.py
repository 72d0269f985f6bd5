"""Before something dangerous the password is asked for again, unless it was shown a quarter of an hour ago at most."""

from messageapi.errors import Problem
from messageapi.people import password as passwords
from messageapi.people import rows, throttle
from messageapi.people.logins.session import SignedIn
from messageapi.people.person import Person
from messageapi.web.doors import Doors


def require_fresh(doors: Doors, who: SignedIn) -> None:
    if who.fresh_until <= doors.clock():
        raise Problem("confirm_needed", 403, "Enter your password to go on: this changes who can log in.")


async def confirm(doors: Doors, who: SignedIn, password: str) -> None:
    """The password was shown again. Raise Problem password_wrong, too_many_tries."""
    await proved(doors, who, password)
    now = doors.clock()
    await doors.db.writer.run(lambda tx: rows.change_login(tx, who.session_id, fresh_at=now))


async def proved(doors: Doors, who: SignedIn, password: str) -> Person:
    """The person, if this is their password."""
    await throttle.admit(doors, (throttle.CONFIRM_BY_PERSON, who.person_id))
    person = await doors.db.read(lambda tx: rows.person(tx, who.person_id))
    if not await passwords.matches(password, person.password if person else None) or person is None:
        raise Problem("password_wrong", 403, "This is not your password. Try again.")
    await doors.db.writer.run(lambda tx: throttle.forget(tx, throttle.CONFIRM_BY_PERSON, who.person_id))
    return person
