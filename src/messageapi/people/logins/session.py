"""Login sessions: begun at login, looked up on every page, ended by logging out, by a limit, or with the password."""

import msgspec

from messageapi.errors import DoorError
from messageapi.logs import log
from messageapi.people import rows
from messageapi.people.logins import places
from messageapi.people.person import Person, SeenFrom
from messageapi.people.token import csrf_of, hash_of, new_token
from messageapi.store.tx import AnyRow, Tx
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors

MINUTE = 60_000
HOUR = 60 * MINUTE
SEEN_EVERY = MINUTE  # a busy page costs no write
FRESH = 15 * MINUTE
_log = log("people")


class SignedIn(msgspec.Struct, frozen=True):
    """Who sees a page, and of which account. `fresh_until`: until then something dangerous asks for no password."""

    person_id: str
    account_id: str
    role: str
    session_id: str
    name: str
    email: str
    time_zone: str
    language: str
    csrf: str
    operator: bool
    second_done: bool
    has_second: bool
    fresh_until: int
    expires_at: int
    looking: "Looking | None" = None
    access_asked: bool = False
    """An operator waits for an answer of this account."""
    access_until: int | None = None
    """Until then an operator may look at it."""


class Looking(msgspec.Struct, frozen=True):
    """An operator at an account that lets them: as a viewer, until then."""

    access_id: str
    account: str
    until: int


class Begun(msgspec.Struct, frozen=True):
    """`token` goes into the cookie and is stored nowhere else. `max_age`: seconds."""

    token: str
    max_age: int


async def begin(
    tx: Tx, doors: Doors, person_id: str, account_id: str, *, seen_from: SeenFrom, second: bool = False
) -> Begun:
    token, now = new_token(), doors.clock()
    max_age = doors.settings.login_days * 24 * 3_600
    values: dict[str, object] = {
        "id": new_id("ses"),
        "hash": hash_of(token),
        "person_id": person_id,
        "account_id": account_id,
        "address": seen_from.address[:50],
        "agent": printable(seen_from.agent),
        "second": second,
        "created_at": now,
        "seen_at": now,
        "fresh_at": now,
        "expires_at": now + max_age * 1_000,
    }
    await rows.insert_login(tx, values)
    await places.remember(tx, person_id, seen_from, now)
    return Begun(token, max_age)


async def renewed(tx: Tx, doors: Doors, who: SignedIn, **also: object) -> Begun:
    """A new token for the session, because it may do more than before; the old one opens nothing any more."""
    token, now = new_token(), doors.clock()
    max_age = doors.settings.login_days * 24 * 3_600
    values: dict[str, object] = {"hash": hash_of(token), "fresh_at": now, "expires_at": now + max_age * 1_000, **also}
    await rows.change_login(tx, who.session_id, **values)
    return Begun(token, max_age)


async def moved(tx: Tx, doors: Doors, who: SignedIn, account_id: str) -> Begun:
    """The session goes on in another account. That proves nothing new, so it is as fresh as it was and ends when it
    would have.
    """
    return await retokened(tx, doors, who, account_id=account_id)


async def retokened(tx: Tx, doors: Doors, who: SignedIn, **values: object) -> Begun:
    """Another token for the session, which proves nothing new."""
    token = new_token()
    await rows.change_login(tx, who.session_id, hash=hash_of(token), **values)
    return Begun(token, (who.expires_at - doors.clock()) // 1_000)


async def resolve(doors: Doors, token: str) -> SignedIn | None:
    """Whose session is this? None: nobody's, or it is over."""
    key = hash_of(token)
    now = doors.clock()
    row = await doors.db.read(lambda tx: rows.login(tx, key, now))
    idle = doors.settings.login_idle_hours * HOUR
    if row is None or row.logins_expires_at <= now or row.logins_seen_at + idle <= now:
        return None
    if now - row.logins_seen_at >= SEEN_EVERY:
        await _seen(doors, row.logins_id, now)
    return _signed_in(row, token)


async def _seen(doors: Doors, login_id: str, now: int) -> None:
    """Pages can be read while nothing can be written."""
    try:
        await doors.db.writer.run(lambda tx: rows.change_login(tx, login_id, seen_at=now))
    except DoorError as failure:
        _log.warning("session_not_noted", code=failure.code)


def _signed_in(row: AnyRow, token: str) -> SignedIn:
    person = Person(*row[: len(Person.__struct_fields__)])
    looking = Looking(row.accesses_id, row.accounts_name, row.accesses_until) if row.accesses_id else None
    return SignedIn(
        person_id=person.id,
        account_id=row.accesses_account_id if looking else row.logins_account_id,
        role="viewer" if looking else row.memberships_role,
        session_id=row.logins_id,
        name=person.name,
        email=person.email,
        time_zone=person.time_zone,
        language=person.language,
        csrf=csrf_of(token),
        operator=person.operator,
        second_done=row.logins_second,
        has_second=person.totp_at is not None or bool(row.has_passkey),
        fresh_until=row.logins_fresh_at + FRESH,
        expires_at=row.logins_expires_at,
        looking=looking,
        access_asked=row.access_asked,
        access_until=row.access_until,
    )


def printable(agent: str) -> str:
    return "".join(letter for letter in agent if letter.isprintable())[:200]
