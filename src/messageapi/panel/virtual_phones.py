"""Virtual phones as the panel lends them: one for each sandbox number, and three people who write with its account.

Their numbers follow from the account and the number, so nobody drives a phone of another account, and nothing is kept.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from messageapi.errors import Problem
from messageapi.numbers.number import Number
from messageapi.sandbox.client import SandboxControl, SandboxError
from messageapi.web.doors import Doors

_RANGE = "+88351"
"""Of the networks that belong to no country: nobody takes one for a real person's number."""
_DIGITS = 10
PEOPLE = ("Maya", "Jonas", "Lin")
OWNER = "owner"


class Lent(NamedTuple):
    """A phone of this account. `key` names it in addresses."""

    key: str
    name: str
    phone: str


def owners(number: Number) -> Lent:
    """The phone that the number belongs to: the one it was linked by, or the one that will link it."""
    return Lent(OWNER, number.name, number.phone or _made(number.account_id, number.id))


def people(account_id: str) -> list[Lent]:
    return [Lent(name.lower(), name, _made(account_id, name)) for name in PEOPLE]


def lent(number: Number, key: str) -> Lent:
    """Raise Problem phone_unknown."""
    found = next((each for each in (owners(number), *people(number.account_id)) if each.key == key), None)
    if found is None:
        raise Problem("phone_unknown", 404, "There is no such virtual phone. Open one from the number's page.")
    return found


def _made(account_id: str, name: str) -> str:
    digest = hashlib.sha256(f"{account_id}:{name}".encode()).digest()
    return f"{_RANGE}{int.from_bytes(digest[:8]) % 10**_DIGITS:0{_DIGITS}}"


def require_sandbox(number: Number) -> None:
    """Raise Problem phone_real for a number of the real WhatsApp."""
    if number.network != "sandbox":
        raise Problem("phone_real", 409, "This number is of the real WhatsApp. Use the phone that it belongs to.")


@asynccontextmanager
async def sandbox(doors: Doors) -> AsyncIterator[SandboxControl]:
    """The sandbox of this server. Its refusals become problems: sandbox_off, sandbox_not_running, sandbox_refused."""
    if doors.settings.sandbox == "off":
        raise Problem("sandbox_off", 409, "The sandbox network is switched off here. Set MESSAGEAPI_SANDBOX=on.")
    try:
        async with SandboxControl.from_folder(doors.settings.data_folder / "sandbox") as control:
            yield control
    except SandboxError as refusal:
        if refusal.code in {"not_running", "timeout", "damaged"}:
            said = "The sandbox network does not answer. It starts with the server; try again in a moment."
            raise Problem("sandbox_not_running", 503, said, retry_after=2) from None
        raise Problem("sandbox_refused", 409, refusal.message) from None
