"""Sealing (AES-256-GCM): the master key, a file, seals account keys; these wrap the data key of each sealed thing.

Destroying a sealed thing destroys its key with it; destroying an account's key makes everything of the account noise.
"""

import hmac
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from messageapi.errors import DoorError
from messageapi.vocab.chance import random_bytes

KEY = 32
NONCE = 12
TAG = 16
VERSION = b"\x01"
WRAPPED = NONCE + KEY + TAG
OVERHEAD = len(VERSION) + WRAPPED + TAG
"""A sealed thing is this much longer than the plain one."""
_ONCE = bytes(NONCE)  # a data key seals one thing, so its nonce need not be random


class SealError(DoorError):
    """Codes: seal_broken, key_file. Says nothing of the content."""


class Sealer:
    """Seals for one account. 2^32 sealings are safe under one account key (random 96-bit nonces, NIST SP 800-38D)."""

    def __init__(self, account_id: str, key: bytes) -> None:
        self._wrap = AESGCM(key)
        self._account = account_id.encode() + b"\0"
        self._mac = hmac.digest(key, b"messageapi mac", "sha256")

    def seal(self, plain: bytes, about: str) -> bytes:
        """`about` names what is sealed, such as a message id: it opens for the same name only."""
        aad = self._account + about.encode()
        random = random_bytes(KEY + NONCE)
        data_key, nonce = random[:KEY], random[KEY:]
        wrapped = self._wrap.encrypt(nonce, data_key, aad)
        return b"".join((VERSION, nonce, wrapped, AESGCM(data_key).encrypt(_ONCE, plain, aad)))

    def mac(self, data: bytes, about: str) -> bytes:
        """32 bytes by which the same data is known again and from which nothing of it can be read."""
        return hmac.digest(self._mac, about.encode() + b"\0" + data, "sha256")

    def open(self, sealed: bytes, about: str) -> bytes:
        aad = self._account + about.encode()
        if len(sealed) < OVERHEAD or sealed[:1] != VERSION:
            raise _broken()
        try:
            data_key = self._wrap.decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE : 1 + WRAPPED], aad)
            return AESGCM(data_key).decrypt(_ONCE, sealed[1 + WRAPPED :], aad)
        except InvalidTag:
            raise _broken() from None


class Vault:
    """Holds the master key. The file is all that is needed to read the database, so keep it out of its backups."""

    def __init__(self, master: bytes) -> None:
        self._master = AESGCM(master)
        self.own = Sealer("", hmac.digest(master, b"messageapi own", "sha256"))
        """For what belongs to no account: emails, and questions of people."""

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> "Vault":
        """Read the master key, or make it on the first start. `create=False`: a missing file is an error."""
        if create and not path.exists():
            _create(path)
        return cls(_read(path))

    def new_account_key(self) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._master.encrypt(nonce, secrets.token_bytes(KEY), b"account key")

    def sealer(self, account_id: str, sealed_key: bytes) -> Sealer:
        return Sealer(account_id, self._account_key(sealed_key))

    def _account_key(self, sealed_key: bytes) -> bytes:
        try:
            return self._master.decrypt(sealed_key[:NONCE], sealed_key[NONCE:], b"account key")
        except (InvalidTag, ValueError):
            raise SealError(
                "seal_broken",
                "An account's key does not open with this master key. Put back the master key file it was made with.",
                permanent=True,
            ) from None


def _broken() -> SealError:
    return SealError("seal_broken", "A sealed value does not open: it was damaged or moved.", permanent=True)


def _create(path: Path) -> None:
    """Written beside, synced and linked into place, so that no crash or second process leaves half a key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except FileExistsError:
        pass  # another process was first: its key counts
    finally:
        draft.unlink()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            key = file.read(KEY + 1)
    except OSError as problem:
        raise _refused(path, f"cannot be read ({problem.strerror})", "Restore it from where it is kept.") from None
    if stat.S_IMODE(about.st_mode) & 0o077:
        raise _refused(path, "can be read by others", f"Run: chmod 600 {path}")
    if len(key) != KEY:
        raise _refused(path, f"is not {KEY} bytes long", "Restore the file this data folder was started with.")
    return key


def _refused(path: Path, why: str, advice: str) -> SealError:
    return SealError("key_file", f"The master key file {path} {why}. {advice}", permanent=True)
