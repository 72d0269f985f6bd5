"""Note in the audit log that something was done, in the transaction that does it."""

import msgspec

from messageapi.audit import rows
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.ids import new_id

Fact = str | int | bool | list[str] | None


async def note(
    tx: Tx, caller: Caller, action: str, subject: str, facts: dict[str, Fact] | None = None, *, now: int
) -> None:
    """`action` such as `key.created`, `subject` the id of what it was done to. No secret and no body in `facts`."""
    values: dict[str, object] = {
        "id": new_id("aud"),
        "at": now,
        "person_id": caller.person_id,
        "key_id": caller.key_id,
        "action": action,
        "subject": subject[:80],
        "facts": msgspec.json.encode(facts or {}).decode(),
    }
    await rows.insert(tx, caller, values)
