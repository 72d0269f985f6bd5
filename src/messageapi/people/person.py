"""A person, and what their email, name, time zone and language may be."""

import re
from functools import lru_cache
from zoneinfo import available_timezones

import msgspec

from messageapi.errors import Problem
from messageapi.people.password import check_password, hashed
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors
from messageapi.words.catalogue import languages

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f<>,;:\"()\[\]\\]+@[^@\s\x00-\x1f\x7f.<>,;]+(?:\.[^@\s\x00-\x1f\x7f.<>,;]+)+")


class Person(msgspec.Struct, frozen=True):
    """Without their second factors."""

    id: str
    email: str
    name: str
    password: str
    password_at: int
    verified_at: int | None
    time_zone: str
    language: str
    operator: bool
    sealed_key: bytes
    totp: bytes | None
    totp_at: int | None
    totp_step: int | None
    created_at: int


class SeenFrom(msgspec.Struct, frozen=True):
    """Where a request of a browser comes from, shown in the list of sessions."""

    address: str
    agent: str = ""


class Newcomer(msgspec.Struct, frozen=True):
    """What somebody writes who becomes a person here."""

    name: str
    email: str
    password: str
    time_zone: str = "UTC"
    language: str = "en"


async def checked(newcomer: Newcomer) -> dict[str, object]:
    """As columns, the password hashed. Raise Problem for what cannot be."""
    check_password(newcomer.password, newcomer.name, newcomer.email)
    return {
        "name": valid_name(newcomer.name),
        "email": valid_email(newcomer.email),
        "time_zone": valid_time_zone(newcomer.time_zone),
        "language": valid_language(newcomer.language),
        "password": await hashed(newcomer.password),
    }


def row_of(doors: Doors, values: dict[str, object]) -> dict[str, object]:
    """The row of a new person; `values` come from `checked` and may say more."""
    now = doors.clock()
    return {
        "id": new_id("per"),
        "password_at": now,
        "verified_at": None,
        "operator": False,
        "sealed_key": doors.vault.new_account_key(),
        "totp": None,
        "totp_at": None,
        "totp_step": None,
        "created_at": now,
        **values,
    }


def valid_email(given: str) -> str:
    """In small letters: two people do not share a mailbox that differs in capitals."""
    email = given.strip().lower()
    if len(email) > 320 or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise Problem("email_invalid", 422, "This is not an email address. It looks like name@example.com.")
    return email


def valid_name(given: str) -> str:
    name = " ".join(given.split())
    if not 1 <= len(name) <= 200 or not name.isprintable():
        raise Problem("name_invalid", 422, "A name has 1 to 200 visible characters. Write another.")
    return name


def valid_time_zone(given: str) -> str:
    if given not in _zones():
        raise Problem("time_zone_invalid", 422, "This time zone is not known. Write one such as Europe/Berlin.")
    return given


def valid_language(given: str) -> str:
    if given not in languages():
        raise Problem(
            "language_invalid", 422, f"This language is not spoken here. Choose of: {', '.join(languages())}."
        )
    return given


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
