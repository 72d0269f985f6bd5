"""The second step of a login: a code from an app, a passkey, or a recovery code."""

from collections.abc import Awaitable, Callable

from messageapi.errors import Problem
from messageapi.people import rows, slips, throttle
from messageapi.people.factors import passkeys
from messageapi.people.factors.recovery import use_code
from messageapi.people.factors.totp import is_right
from messageapi.people.letters import tell_change
from messageapi.people.logins.session import Begun
from messageapi.people.logins.sign_in import BY_CODE, BY_PASSKEY, BY_RECOVERY, entered
from messageapi.people.person import Person, SeenFrom
from messageapi.people.slips import Slip
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors

Check = Callable[[Tx, Person], Awaitable[bool]]


async def with_code(doors: Doors, token: str, code: str, *, seen_from: SeenFrom) -> Begun:
    """`token`: that of NeedsSecond. Five tries, then the password is asked for again."""

    async def check(tx: Tx, person: Person) -> bool:
        return person.totp_at is not None and await is_right(tx, doors, person, code)

    return await _step(doors, token, check, seen_from, BY_CODE)


async def with_recovery_code(doors: Doors, token: str, code: str, *, seen_from: SeenFrom) -> Begun:
    """The code is used up."""

    async def check(tx: Tx, person: Person) -> bool:
        return await use_code(tx, person.id, code, doors.clock())

    return await _step(doors, token, check, seen_from, BY_RECOVERY)


async def passkey_options(doors: Doors, token: str) -> str:
    """JSON for `navigator.credentials.get`."""

    async def work(tx: Tx) -> str:
        slip = await slips.read(tx, "second", token, doors.clock())
        return await passkeys.challenge(tx, doors, slip)

    return await doors.db.writer.run(work)


async def with_passkey(doors: Doors, token: str, answer: str, *, seen_from: SeenFrom) -> Begun:
    """`answer`: JSON of what the browser gave."""
    slip = await doors.db.read(lambda tx: slips.read(tx, "second", token, doors.clock()))

    async def check(tx: Tx, person: Person) -> bool:
        return await passkeys.is_right(tx, doors, person, slip.facts.get("challenge", ""), answer)

    return await _step(doors, token, check, seen_from, BY_PASSKEY)


async def _step(doors: Doors, token: str, check: Check, seen_from: SeenFrom, did: str) -> Begun:
    await _count(doors, token)

    async def work(tx: Tx) -> Begun:
        slip = await slips.read(tx, "second", token, doors.clock(), tried=True)
        person = await rows.known_person(tx, slip.person_id or "")
        if not await check(tx, person):
            raise Problem("code_wrong", 403, "This is not right. Try again, or use another way.")
        await slips.spend(tx, "second", slip)
        await throttle.forget(tx, throttle.CODE_FOR_PERSON, person.id)
        if did == BY_RECOVERY:
            await tell_change(tx, doors, person, "recovery_used")
        return await entered(tx, doors, person, seen_from, did=did)

    return await doors.db.writer.run(work)


async def _count(doors: Doors, token: str) -> None:
    """Before anything is looked at, and to stay even if it was wrong."""

    async def work(tx: Tx) -> Slip:
        slip = await slips.read(tx, "second", token, doors.clock())
        await rows.try_slip(tx, slip.hash)
        return slip

    slip = await doors.db.writer.run(work)
    await throttle.admit(doors, (throttle.CODE_FOR_PERSON, slip.person_id or ""))
