"""The refusals planted in this network: which of them a message meets. They last until lifted or until the end."""

import itertools

from msgspec import structs

from messageapi.sandbox.planted import Refusal
from messageapi.sandbox.wire.stanza import Jid

MOST_REFUSALS = 1000


class Refusals:
    def __init__(self) -> None:
        self._planted: dict[str, Refusal] = {}
        self._numbers = itertools.count(1)

    def __len__(self) -> int:
        return len(self._planted)

    def all(self) -> list[Refusal]:
        return list(self._planted.values())

    def plant(self, refusal: Refusal) -> Refusal:
        known = structs.replace(
            refusal,
            id=f"r{next(self._numbers)}",
            hits=0,
            sender=refusal.sender.removeprefix("+"),
            recipient=refusal.recipient.removeprefix("+"),
        )
        self._planted[known.id] = known
        return known

    def lift(self, refusal_id: str) -> bool:
        return self._planted.pop(refusal_id, None) is not None

    def lift_all(self) -> None:
        self._planted.clear()

    def met_by(self, sender: str, recipient: str, *, new: bool) -> Refusal | None:
        """The refusal for this message, counted as used. `recipient` is a number or an address as text."""
        for refusal in self._planted.values():
            if refusal.new_contacts and not new:
                continue
            if refusal.sender in ("", sender) and refusal.recipient in ("", recipient):
                self._use(refusal)
                return refusal
        return None

    def _use(self, refusal: Refusal) -> None:
        refusal.hits += 1
        if refusal.times and refusal.hits >= refusal.times:
            del self._planted[refusal.id]


def named(to: Jid, number: str | None) -> str:
    """A recipient as refusals name it."""
    return number or str(to.bare)
