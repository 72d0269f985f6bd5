"""What people get by mail, and the pages its links lead to. Written in the transaction that is the cause."""

from messageapi.notices.enqueue import enqueue
from messageapi.notices.facts import Facts, Recipient
from messageapi.people.person import Person
from messageapi.people.slips import LIVES, Kind
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors

VERIFY = "/verify"
RESET = "/reset"
EMAIL = "/email"
INVITATION = "/invitation"
SECURITY = "/security"


async def letter(tx: Tx, doors: Doors, person: Person, facts: Facts, *, to: str | None = None) -> None:
    """`to`: another address than the one they have now."""
    await enqueue(tx, doors, Recipient(email=to or person.email, name=person.name, language=person.language), facts)


def link(path: str, token: str) -> str:
    return f"{path}?token={token}"


def hours(kind: Kind) -> int:
    return LIVES[kind] // 3_600_000
