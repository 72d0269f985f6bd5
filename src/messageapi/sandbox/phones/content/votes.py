"""Votes in polls: which options, as hashes of their names, sealed with the secret that came with the poll."""

import hashlib
import itertools
import secrets
from collections.abc import Iterable
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from messageapi.sandbox.network import Account
from messageapi.sandbox.phones.content.reading import Vote
from messageapi.sandbox.shown import PollShown
from messageapi.sandbox.signal.keys import hkdf
from messageapi.sandbox.wire.protobuf import decode, encode

_IV_SIZE = 12
Names = tuple[str, str, str]  # the poll's id, its author's address, the voter's address


class Ballot(NamedTuple):
    """A vote as it comes in: whose poll, and who votes."""

    poll_id: str
    vote: Vote
    author: Account
    voter: Account


def _cipher(secret: bytes, names: Names) -> tuple[AESGCM, bytes]:
    poll_id, _, voter = names
    key = hkdf(secret, b"", "".join(names).encode() + b"Poll Vote", 32)
    return AESGCM(key), f"{poll_id}\0{voter}".encode()


def seal(poll: PollShown, names: Names, options: Iterable[str]) -> Vote:
    cipher, bound = _cipher(bytes.fromhex(poll.secret), names)
    plain = encode(*((1, hashlib.sha256(option.encode()).digest()) for option in options))
    iv = secrets.token_bytes(_IV_SIZE)
    return Vote(cipher.encrypt(iv, plain, bound), iv)


def opened(poll: PollShown, ballot: Ballot) -> list[str] | None:
    """The options picked in this poll, None when the vote cannot be opened.

    People are named by LID or by number, as the voter's client chose: whoever opens a vote has to try.
    """
    addresses = [(person.lid_jid, person.pn_jid) for person in (ballot.author, ballot.voter)]
    for author, voter in itertools.product(*addresses):
        plain = _try(poll, (ballot.poll_id, str(author), str(voter)), ballot.vote)
        if plain is not None:
            return _names(poll, plain)
    return None


def _try(poll: PollShown, names: Names, vote: Vote) -> bytes | None:
    cipher, bound = _cipher(bytes.fromhex(poll.secret), names)
    try:
        return cipher.decrypt(vote.iv, vote.payload, bound)
    except (InvalidTag, ValueError):
        return None


def _names(poll: PollShown, plain: bytes) -> list[str] | None:
    picked = set(decode(plain).blobs(1))
    names = [option for option in poll.options if hashlib.sha256(option.encode()).digest() in picked]
    return names if len(names) == len(picked) else None
