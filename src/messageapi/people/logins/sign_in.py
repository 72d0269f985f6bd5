"""Log in with email and password. A wrong email and a wrong password get the same answer after the same work."""

from typing import Literal

import msgspec

from messageapi.audit.note import note
from messageapi.errors import Problem
from messageapi.notices.facts import NewLogin
from messageapi.people import password as passwords
from messageapi.people import rows, slips, throttle
from messageapi.people.caller import SCOPES_OF
from messageapi.people.letters import SECURITY, letter
from messageapi.people.logins import places
from messageapi.people.logins.session import Begun, begin, printable
from messageapi.people.membership.joining import join_invited
from messageapi.people.person import Person, SeenFrom
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

Method = Literal["code", "passkey", "recovery"]

BY_CODE = "person.logged_in_by_code"
BY_PASSKEY = "person.logged_in_by_passkey"
BY_RECOVERY = "person.logged_in_by_recovery"


class NeedsSecond(msgspec.Struct, frozen=True):
    """The password was right; `token` names this login in the step that follows, for ten minutes."""

    token: str
    methods: tuple[Method, ...]


async def sign_in(doors: Doors, *, email: str, password: str, seen_from: SeenFrom) -> Begun | NeedsSecond:
    """Raise Problem login_failed, email_unverified, too_many_tries."""
    email = email.strip().lower()[:320]
    here = f"{email} {seen_from.address}"
    await throttle.admit(
        doors,
        (throttle.LOGIN_BY_ADDRESS, seen_from.address),
        (throttle.LOGIN_FOR_EMAIL_BY_ADDRESS, here),
        (throttle.LOGIN_FOR_EMAIL, email),
    )
    person = await doors.db.read(lambda tx: rows.by_email(tx, email))
    if not await passwords.matches(password, person.password if person else None) or person is None:
        raise _failed()
    if person.verified_at is None:
        raise Problem(
            "email_unverified", 403, "This email is not confirmed yet. Open the link in the mail, or ask for another."
        )
    better = await passwords.hashed(password) if passwords.outdated(person.password) else person.password

    async def work(tx: Tx) -> Begun | NeedsSecond:
        now = await rows.person(tx, person.id)
        if now is None or now.password != person.password:  # changed meanwhile
            raise _failed()
        await rows.change(tx, person.id, password=better)
        await throttle.forget(tx, throttle.LOGIN_FOR_EMAIL_BY_ADDRESS, here)
        if methods := await second_factors(tx, now):
            return NeedsSecond(await slips.write(tx, "second", doors.clock(), person_id=person.id), methods)
        return await entered(tx, doors, now, seen_from)

    return await doors.db.writer.run(work)


async def second_factors(tx: Tx, person: Person) -> tuple[Method, ...]:
    """Empty: the password is enough."""
    methods: list[Method] = []
    if await rows.has_passkey(tx, person.id):
        methods.append("passkey")
    if person.totp_at is not None:
        methods.append("code")
    return (*methods, "recovery") if methods else ()


async def entered(tx: Tx, doors: Doors, person: Person, seen_from: SeenFrom, *, did: str = "person.logged_in") -> Begun:
    """Everything was shown that has to be: a session, and a mail if it is from somewhere new."""
    now = doors.clock()
    mine = await rows.memberships_of(tx, person.id) or await _invited(tx, person, now)
    if not mine:
        raise Problem("no_account", 403, "You do not belong to any account now. Ask for an invitation.")
    if await places.is_new(tx, person.id, seen_from, now):
        here = {"device": printable(seen_from.agent), "address": seen_from.address, "time_zone": person.time_zone}
        await letter(tx, doors, person, NewLogin(at=now, path=SECURITY, **here))
    caller = Caller(mine[0].account_id, None, SCOPES_OF[mine[0].role], person_id=person.id)
    await note(tx, caller, did, person.id, {"address": seen_from.address}, now=now)
    return await begin(
        tx, doors, person.id, mine[0].account_id, seen_from=seen_from, second=did in (BY_CODE, BY_PASSKEY, BY_RECOVERY)
    )


async def _invited(tx: Tx, person: Person, now: int) -> list[rows.Membership]:
    """Who was removed everywhere could log in nowhere to accept an invitation: logging in is how they do."""
    invitation = await rows.invitation_to(tx, person.email, now)
    if invitation is None:
        return []
    await join_invited(tx, invitation, person.id, now)
    return await rows.memberships_of(tx, person.id)


def _failed() -> Problem:
    return Problem("login_failed", 401, "Email or password is wrong. Try again, or ask for a new password.")
