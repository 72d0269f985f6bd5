"""How often something may be tried: by one address, for one email. Counted in the database, so that neither a restart
nor a second process gives more tries.
"""

import hashlib
from typing import NamedTuple

from messageapi.errors import Problem
from messageapi.people import rows
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors

MINUTE = 60_000


class Rule(NamedTuple):
    """At most so many in so long."""

    what: str
    most: int
    minutes: int


LOGIN_BY_ADDRESS = Rule("login address", 60, 15)
LOGIN_FOR_EMAIL_BY_ADDRESS = Rule("login email address", 10, 15)
LOGIN_FOR_EMAIL = Rule("login email", 100, 60)  # over all addresses: a stranger must not lock somebody out easily
SIGN_UP_BY_ADDRESS = Rule("sign-up address", 20, 60)
MAIL_TO_EMAIL = Rule("mail email", 5, 60)
MAIL_BY_ADDRESS = Rule("mail address", 20, 60)
MAIL_BY_PERSON = Rule("mail person", 10, 60)
CODE_FOR_PERSON = Rule("code person", 20, 60)
CONFIRM_BY_PERSON = Rule("confirm person", 10, 15)
ASK_FOR_ACCESS = Rule("access account", 10, 60)
INVITE_BY_ACCOUNT = Rule("invite account", 50, 60)


async def count(tx: Tx, rule: Rule, whom: str, now: int) -> bool:
    """One more try; False when it is one too many. To be kept even where the try fails, so do not raise in here."""
    return await rows.count_try(tx, _name(rule, whom), now, now + rule.minutes * MINUTE) <= rule.most


async def admit(doors: Doors, *tried: tuple[Rule, str]) -> None:
    """Count one more try of each; raise Problem when one of them was one too many."""
    now = doors.clock()

    async def work(tx: Tx) -> Rule | None:
        allowed = [(rule, await count(tx, rule, whom, now)) for rule, whom in tried]
        return next((rule for rule, well in allowed if not well), None)

    if over := await doors.db.writer.run(work):
        raise too_many(over)


async def forget(tx: Tx, rule: Rule, whom: str) -> None:
    """The right password was given."""
    await rows.forget_tries(tx, _name(rule, whom))


def too_many(rule: Rule) -> Problem:
    return Problem(
        "too_many_tries",
        429,
        f"This was tried too often. Try again in {rule.minutes} minutes.",
        retry_after=rule.minutes * 60,
    )


def _name(rule: Rule, whom: str) -> bytes:
    return hashlib.sha256(f"{rule.what}\0{whom}".encode("utf-8", "replace")).digest()
