"""What people get by mail, and the pages its links lead to. Written in the transaction that is the cause."""

from messageapi.notices.enqueue import enqueue
from messageapi.notices.facts import Change, Facts, LoginChanged, Recipient
from messageapi.people.person import Person
from messageapi.people.slips import LIVES, Kind
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors

LOGIN = "/login"
VERIFY = "/verify"
RESET = "/reset"
EMAIL = "/email"
INVITATION = "/invitation"
SECURITY = "/security"
ACCESS = "/access"


async def letter(tx: Tx, doors: Doors, person: Person, facts: Facts, *, to: str | None = None) -> None:
    """`to`: another address than the one they have now."""
    await enqueue(tx, doors, Recipient(email=to or person.email, name=person.name, language=person.language), facts)


async def tell_change(tx: Tx, doors: Doors, person: Person, change: Change) -> None:
    """So that somebody whose login was taken over hears of it."""
    await letter(tx, doors, person, LoginChanged(change=change, path=SECURITY))


def link(path: str, token: str) -> str:
    return f"{path}?token={token}"


def hours(kind: Kind) -> int:
    return LIVES[kind] // 3_600_000
