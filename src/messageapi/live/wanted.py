"""Which events somebody listens to: by type, by number, and only what the key may read anyway."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from messageapi.errors import Problem
from messageapi.vocab.caller import Caller
from messageapi.vocab.events import CATALOGUE

ANY = ".*"
PERMISSION = "messages:read"
NEEDED = {"number": "numbers:read", "webhook": "webhooks:manage", "account": "account:read"}
"""What a key must be allowed to see events of these families, beside PERMISSION, which every listener has."""
ALONE = frozenset({"webhook.test"})
"""Made for one endpoint; nobody else gets them."""


class Wanted(NamedTuple):
    """`numbers`: None for all. Events that belong to no number always come."""

    types: frozenset[str]
    numbers: frozenset[str] | None

    def has(self, kind: str, number_id: str | None) -> bool:
        return kind in self.types and (self.numbers is None or number_id is None or number_id in self.numbers)


def wanted_types(caller: Caller, given: str | None) -> frozenset[str]:
    """Of a list such as `message.received,number.*`. Raise Problem for types there are not, or not for this key."""
    allowed = frozenset(kind for kind in CATALOGUE if kind not in ALONE and caller.may(_needed(kind)))
    if given is None:
        return allowed
    named = frozenset(kind for part in listed(given) for kind in _meant(part))
    if hidden := sorted(named - allowed - ALONE):
        raise Problem(
            "scope_missing",
            403,
            f"For events {hidden[0]} a key needs the scope {_needed(hidden[0])}. Use or create a key that has it.",
        )
    return named & allowed


def listed(given: str) -> list[str]:
    return [part for part in (each.strip() for each in given.split(",")) if part]


def _needed(kind: str) -> str:
    return NEEDED.get(kind.partition(".")[0], PERMISSION)


def _meant(part: str) -> Iterable[str]:
    """`number.*`: those of the family that there are, whoever may see them."""
    kinds = [kind for kind in CATALOGUE if kind == part or (part.endswith(ANY) and kind.startswith(part[:-1]))]
    if not kinds:
        near = get_close_matches(part, CATALOGUE, 1)
        meant = f" Did you mean {near[0]}?" if near else " They are listed under /docs/api."
        raise Problem("event_type_unknown", 422, f"There is no type of event `{part[:60]}`.{meant}")
    return kinds
