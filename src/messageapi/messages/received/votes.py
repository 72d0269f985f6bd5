"""Opens votes in polls: hashes of the picked options' names, sealed with the secret that the poll brought."""

import hashlib
import itertools
from collections.abc import Collection

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from messageapi.vocab.content import Poll, Vote

_USE = b"Poll Vote"
_KEY_SIZE = _HASH_SIZE = 32
_PICKED = 0x0A  # field 1, of bytes: the only one there is


def opened(poll: Poll, vote: Vote, authors: Collection[str], voters: Collection[str]) -> list[str] | None:
    """The options picked, None when this is no vote in this poll by this person.

    The seal holds by the addresses of the poll's author and of the voter. Which of their two addresses the voter's
    phone took is not said, so all are tried; a wrong one does not open it.
    """
    for author, voter in itertools.product(authors, voters):
        plain = _try(poll.secret, vote, author, voter)
        if plain is not None:
            return _names(poll, plain)
    return None


def _try(secret: bytes, vote: Vote, author: str, voter: str) -> bytes | None:
    wa_id = vote.target.wa_id
    info = f"{wa_id}{author}{voter}".encode() + _USE
    key = HKDF(algorithm=SHA256(), length=_KEY_SIZE, salt=None, info=info).derive(secret)
    try:
        return AESGCM(key).decrypt(vote.iv, vote.payload, f"{wa_id}\0{voter}".encode())
    except (InvalidTag, ValueError):
        return None


def _names(poll: Poll, plain: bytes) -> list[str] | None:
    picked = _hashes(plain)
    if picked is None:
        return None
    names = [option for option in poll.options if hashlib.sha256(option.encode()).digest() in picked]
    return names if len(names) == len(picked) else None


def _hashes(plain: bytes) -> frozenset[bytes] | None:
    """A list of hashes in protobuf: each behind its field and its length."""
    size = _HASH_SIZE + 2
    if len(plain) % size:
        return None
    parts = [plain[at : at + size] for at in range(0, len(plain), size)]
    if any(part[:2] != bytes((_PICKED, _HASH_SIZE)) for part in parts):
        return None
    return frozenset(part[2:] for part in parts)
