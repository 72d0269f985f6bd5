"""Open an account. Its own sealing key is made in the same moment, so nothing of it is ever stored unsealed."""

import re

from messageapi.accounts import rows
from messageapi.errors import Problem
from messageapi.store.tx import Tx
from messageapi.vocab.ids import new_id
from messageapi.vocab.phone import is_country
from messageapi.web.doors import Doors

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f.]+(?:\.[^@\s\x00-\x1f\x7f.]+)*")


async def create_account(doors: Doors, *, name: str, email: str, country: str | None = None) -> str:
    """The new account's id. `country` (ISO 3166) completes numbers written without one."""
    values = prepared(doors, name=name, email=email, country=country)

    async def work(tx: Tx) -> None:
        if not await add(tx, values):
            raise Problem("account_exists", 409, "There is an account with this email already. Use another one.")

    await doors.db.writer.run(work)
    return str(values["id"])


def prepared(doors: Doors, *, name: str, email: str, country: str | None = None) -> dict[str, object]:
    """For `add`, whose transaction does more than that."""
    return {
        "id": new_id("acc"),
        "name": _valid_name(name),
        "email": _valid_email(email),
        "default_country": _valid_country(country) if country else None,
        "sealed_key": doors.vault.new_account_key(),
        "created_at": doors.clock(),
    }


async def add(tx: Tx, values: dict[str, object]) -> bool:
    """False when there is an account with this email."""
    return await rows.insert(tx, values)


def _valid_name(given: str) -> str:
    name = given.strip()
    if not 1 <= len(name) <= 200 or not name.isprintable():
        raise Problem("account_name_invalid", 422, "An account's name has 1 to 200 visible characters. Choose another.")
    return name


def _valid_country(given: str) -> str:
    country = given.strip().upper()
    if not given.isascii() or not is_country(country):
        raise Problem("country_invalid", 422, "This is not a country. Write two letters, such as DE (ISO 3166).")
    return country


def _valid_email(given: str) -> str:
    email = given.strip().lower()
    if len(email) > 320 or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise Problem("email_invalid", 422, "This is not an email address. It looks like name@example.com.")
    return email
