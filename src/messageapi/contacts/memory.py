"""Contacts that were used last, in this process: a guess that saves a read. Changed by the thread of the loop alone."""

from collections.abc import Iterable

from messageapi.contacts.person import Contact
from messageapi.vocab.recent import Recent

REMEMBERED = 50_000

_recent: Recent[tuple[str, str], Contact] = Recent(REMEMBERED)


def get(account_id: str, address: str) -> Contact | None:
    return _recent.get((account_id, address))


def keep(found: Iterable[Contact]) -> None:
    for each in found:
        _recent.keep((each.account_id, each.address), each)
