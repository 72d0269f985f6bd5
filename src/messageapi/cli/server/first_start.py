"""What the very first start leaves: an account, a key, and in the sandbox a linked number with a friend to write to."""

import asyncio
from typing import NamedTuple

from messageapi import logs
from messageapi.accounts.create import create_account
from messageapi.bus.subjects import BELL_NUMBERS
from messageapi.engines.port import Qr
from messageapi.errors import DoorError, Problem
from messageapi.keys.create import create_key
from messageapi.numbers import find
from messageapi.numbers.create import create
from messageapi.numbers.linking import qr
from messageapi.numbers.linking.link import link
from messageapi.numbers.number import Number
from messageapi.operator import rows as operator_rows
from messageapi.people.first_start import first_start_link
from messageapi.sandbox.client import SandboxControl
from messageapi.sandbox.errors import SandboxError
from messageapi.vocab.caller import Caller, operator_for
from messageapi.web.doors import Doors

NUMBER = "demo"
OWN_PHONE = "+12025550101"
FRIEND = "+12025550102"
LINK_WITHIN_S = 45.0
LOOK_EVERY_S = 0.05
_log = logs.log("serve")


class Welcome(NamedTuple):
    """`key` only when it was made just now; `phones` while there is the sandbox number: its own and a friend's;
    `trouble` when it is not linked yet, and why; `first_start`: makes the first login, as long as there is none.
    """

    account_id: str
    key: str | None
    recipient: str
    phones: tuple[str, ...]
    trouble: str | None
    first_start: str | None


async def welcome(doors: Doors) -> Welcome:
    account_id, key = await _account(doors)
    link = await first_start_link(doors, account_id)
    if doors.settings.sandbox == "off":
        return Welcome(account_id, key, "RECIPIENT", (), None, link)
    caller = operator_for(account_id)
    trouble = await _demo_number(doors, caller, first=key is not None)
    number = await _found(doors, caller)
    if number is None:
        return Welcome(account_id, key, "RECIPIENT", (), None, link)
    return Welcome(account_id, key, FRIEND, (number.phone or OWN_PHONE, FRIEND), trouble, link)


async def _account(doors: Doors) -> tuple[str, str | None]:
    """The oldest account; the first one and its key when there is none."""
    async with doors.db.reading() as tx:
        known = await operator_rows.accounts_after(tx, 1)
    if known:
        return known[0].id, None
    account_id = await create_account(doors, name="Operator", email="operator@localhost")
    created = await create_key(doors, operator_for(account_id), name="First start", in_link=True)
    return account_id, created.key


async def _demo_number(doors: Doors, caller: Caller, *, first: bool) -> str | None:
    """Link it in the usual way, with a virtual phone that scans. Left alone once it was linked or deleted."""
    try:
        if first:
            await create(doors, caller, name=NUMBER, network="sandbox")
        number = await _found(doors, caller)
        if number and number.state == "created":
            async with asyncio.timeout(LINK_WITHIN_S):
                await _link(doors, caller, number)
    except (Problem, DoorError, SandboxError, TimeoutError) as problem:
        code = getattr(problem, "code", "timeout")
        _log.error("the sandbox number is not linked", code=code)
        return (
            f"The sandbox number `{NUMBER}` is not linked yet ({code}). Try: messageapi phone scan {OWN_PHONE} {NUMBER}"
        )
    return None


async def _found(doors: Doors, caller: Caller) -> Number | None:
    async with doors.db.reading() as tx:
        numbers = await find.every(tx, caller)
    return next((one for one in numbers if (one.name, one.network) == (NUMBER, "sandbox")), None)


async def _link(doors: Doors, caller: Caller, number: Number) -> None:
    async with SandboxControl.from_folder(doors.settings.data_folder / "sandbox") as control:
        await control.create_phone(OWN_PHONE, "Demo shop")
        await control.create_phone(FRIEND, "Demo friend")
        await link(doors, caller, number.id, "qr")
        await control.scan(OWN_PHONE, (await _first_qr(doors, caller, number.id)).code)
    await _connected(doors, caller, number.id)


async def _first_qr(doors: Doors, caller: Caller, number_id: str) -> Qr:
    while True:
        try:
            event = await qr.newest(doors, caller, number_id)
        except Problem as problem:
            if problem.code != "qr_not_ready":
                raise
        else:
            if isinstance(event, Qr):
                return event
        await asyncio.sleep(LOOK_EVERY_S)


async def _connected(doors: Doors, caller: Caller, number_id: str) -> None:
    with doors.bells.expect(BELL_NUMBERS, number_id) as bell:
        while True:
            async with doors.db.reading() as tx:
                number = await find.one(tx, caller, number_id)
            if number.state == "connected":
                return
            if number.state == "created":
                raise Problem(number.reason_code or "link_crashed", 503, number.reason or "Linking failed.")
            await bell.wait(1.0)
