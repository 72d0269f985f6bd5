"""Codes from an app on the phone (TOTP, RFC 6238) as second factor. The secret is sealed under the person's own key."""

import msgspec
import pyotp

from messageapi.errors import Problem
from messageapi.people import rows, throttle
from messageapi.people.factors import rows as factor_rows
from messageapi.people.factors.recovery import drop_if_alone, first_codes
from messageapi.people.fresh import require_fresh
from messageapi.people.letters import tell_change
from messageapi.people.logins.session import Begun, SignedIn, renewed
from messageapi.people.person import Person
from messageapi.people.trail import trail
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors

ISSUER = "MessageAPI"
STEP_S = 30
AROUND = (0, -1, 1)  # clocks of phones are off by up to half a minute


class TotpSetup(msgspec.Struct, frozen=True):
    """`uri` is for a QR code, `secret` for typing. Shown once, and nothing counts until a code was entered."""

    secret: str
    uri: str


class Enabled(msgspec.Struct, frozen=True):
    """`begun`: the session's new token. `recovery_codes`: shown once; None when there are some already."""

    begun: Begun
    recovery_codes: tuple[str, ...] | None


async def app_since(doors: Doors, who: SignedIn) -> int | None:
    """Since when codes from an app are asked for; None when they are not."""
    person = await doors.db.read(lambda tx: rows.known_person(tx, who.person_id))
    return person.totp_at


async def start_totp(doors: Doors, who: SignedIn) -> TotpSetup:
    require_fresh(doors, who)
    secret = pyotp.random_base32(32)

    async def work(tx: Tx) -> None:
        person = await rows.known_person(tx, who.person_id)
        if person.totp_at is not None:
            raise Problem("second_exists", 409, "Codes from an app are on already. Turn them off first.")
        sealer = doors.vault.sealer(person.id, person.sealed_key)
        await rows.change(tx, person.id, totp=sealer.seal(secret.encode(), "totp"), totp_step=None)

    await doors.db.writer.run(work)
    return TotpSetup(secret, pyotp.TOTP(secret, name=who.email, issuer=ISSUER).provisioning_uri())


async def confirm_totp(doors: Doors, who: SignedIn, code: str) -> Enabled:
    """The app shows the right code: from now on it is asked for. All other sessions end."""
    await throttle.admit(doors, (throttle.CODE_FOR_PERSON, who.person_id))

    async def work(tx: Tx) -> Enabled:
        person, now = await rows.known_person(tx, who.person_id), doors.clock()
        if person.totp is None or person.totp_at is not None:
            raise Problem("second_not_started", 409, "No app waits for its first code. Begin again.")
        if not await is_right(tx, doors, person, code):
            raise Problem("code_wrong", 403, "This is not the code of now. Wait for the next one, and check the clock.")
        await rows.change(tx, person.id, totp_at=now)
        await throttle.forget(tx, throttle.CODE_FOR_PERSON, person.id)
        await rows.end_logins(tx, person.id, but=who.session_id)
        await trail(tx, person.id, "second_factor.added", {"kind": "code"}, now=now)
        await tell_change(tx, doors, person, "factor_added")
        return Enabled(await renewed(tx, doors, who, second=True), await first_codes(tx, person.id, now))

    return await doors.db.writer.run(work)


async def remove_totp(doors: Doors, who: SignedIn) -> None:
    """Doing it again changes nothing."""
    require_fresh(doors, who)

    async def work(tx: Tx) -> None:
        person = await rows.known_person(tx, who.person_id)
        if person.totp_at is None:
            return
        await rows.change(tx, who.person_id, totp=None, totp_at=None, totp_step=None)
        await drop_if_alone(tx, who.person_id)
        await trail(tx, who.person_id, "second_factor.removed", {"kind": "code"}, now=doors.clock())
        await tell_change(tx, doors, person, "factor_removed")

    await doors.db.writer.run(work)


async def is_right(tx: Tx, doors: Doors, person: Person, code: str) -> bool:
    """A code counts once: neither it nor an older one works again."""
    given = "".join(code.split())
    if person.totp is None or not (given.isascii() and given.isdigit()):
        return False
    secret = doors.vault.sealer(person.id, person.sealed_key).open(person.totp, "totp").decode()
    now, codes = doors.clock() // 1_000 // STEP_S, pyotp.TOTP(secret)
    for step in (now + off for off in AROUND):
        if pyotp.utils.strings_equal(codes.generate_otp(step), given):
            return await factor_rows.use_step(tx, person.id, step)
    return False
