"""Revokes that overtook their messages: kept for a while beside the receipts that came first, so that what was taken
back does not come in with its content.
"""

import hashlib
from collections.abc import Sequence

from messageapi.messages import rows
from messageapi.messages.received.about import writer_of
from messageapi.messages.received.arrival import Arrival
from messageapi.messages.received.came import Came
from messageapi.store.db import Tx
from messageapi.vocab.content import Revoke
from messageapi.vocab.jid import GROUP_SERVER

_KIND = "revoked"


async def keep(tx: Tx, now: int, came: Sequence[Came]) -> None:
    """Of revokes by the writer of a message that is not known here."""
    values: dict[tuple[str, str], rows.Values] = {}
    for each in came:
        change, arrival = each.arrival.changes, each.arrival
        if isinstance(change, Revoke) and each.holds and each.about is None and not arrival.own:
            of = {"number_id": arrival.number_id, "kind": _KIND, "at": arrival.event.at, "stored_at": now}
            for name in _names(arrival, change.target.wa_id):
                values[arrival.number_id, name] = {**of, "wa_id": name}
    await rows.keep_early(tx, list(values.values()))


async def overtaken(tx: Tx, fresh: Sequence[Came]) -> dict[str, int]:
    """Those of them that their writers have taken back already, and when."""
    names = {
        each.id: {(each.arrival.number_id, name) for name in _names(each.arrival, each.arrival.event.wa_id)}
        for each in fresh
        if each.arrival.changes is None and not each.arrival.own
    }
    keys = {key for several in names.values() for key in several}
    kept = await rows.early(tx, sorted(keys)) if keys else []
    at = {(number_id, name): at for number_id, name, kind, at in kept if kind == _KIND}
    return {message_id: at[key] for message_id, several in names.items() for key in several if key in at}


def _names(arrival: Arrival, wa_id: str) -> list[str]:
    """What a writer's message is kept under, for each address of theirs. Another's revoke has other names."""
    place = arrival.event.chat if arrival.event.chat.endswith(f"@{GROUP_SERVER}") else ""
    written = (f"{place}\n{address}\n{wa_id}" for address in sorted(writer_of(arrival)))
    return [f"{_KIND}:{hashlib.sha256(each.encode()).hexdigest()}" for each in written]
