"""Create a number: a name, a network and an empty place for a session. It is linked in a second step."""

import os
import unicodedata

from messageapi.audit.note import note
from messageapi.engines.port import Network
from messageapi.errors import Problem
from messageapi.numbers import folders, rows
from messageapi.numbers.number import Number, journal_key_about
from messageapi.numbers.states import REASONS
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors

LONGEST_NAME = 200
JOURNAL_KEY_BYTES = 32


async def create(doors: Doors, caller: Caller, *, name: str, network: Network = "whatsapp") -> Number:
    """The first number of an account becomes its default. Raise Problem name_taken, name_invalid or sandbox_off."""
    if network == "sandbox" and doors.settings.sandbox == "off":
        raise Problem("sandbox_off", 409, "The sandbox network is switched off here. Set MESSAGEAPI_SANDBOX=on.")
    if caller.test and network != "sandbox":
        raise Problem("test_key", 403, "A test key reaches the sandbox alone. Use another key, or a sandbox number.")
    if caller.numbers is not None and not caller.test:
        raise Problem("key_of_numbers", 403, "This key is for some numbers and makes no others. Use another key.")
    fresh = _new(caller.account_id, checked_name(name), network, doors.clock())
    sealer = await doors.keyring.sealer(caller.account_id)
    sealed = sealer.seal(os.urandom(JOURNAL_KEY_BYTES), journal_key_about(fresh.id))

    async def work(tx: Tx) -> Number:
        await rows.add(tx, fresh, folders.new_name(), sealed)
        if await rows.oldest_of(tx, caller.account_id) == fresh.id:
            await rows.make_default(tx, caller.account_id, fresh.id)
        await note(
            tx, caller, "number.created", fresh.id, {"name": fresh.name, "network": network}, now=fresh.created_at
        )
        return (await rows.by_ids(tx, [fresh.id]))[fresh.id]

    return await doors.db.writer.run(work)


def _new(account_id: str, name: str, network: Network, now: int) -> Number:
    return Number(
        id=new_id("num"),
        account_id=account_id,
        name=name,
        network=network,
        phone=None,
        jid=None,
        lid=None,
        state="created",
        reason_code="never_linked",
        reason=REASONS["never_linked"],
        state_since=now,
        evidence_at=None,
        limited_until=None,
        limit_code=None,
        is_default=False,
        created_at=now,
    )


def checked_name(name: str) -> str:
    """Raise Problem name_invalid for an empty or overlong name, or one with control characters."""
    plain = name.strip()
    if not 1 <= len(plain) <= LONGEST_NAME or any(unicodedata.category(one) in {"Cc", "Cs"} for one in plain):
        raise Problem("name_invalid", 422, f"A name has 1 to {LONGEST_NAME} characters and no control characters.")
    return plain
