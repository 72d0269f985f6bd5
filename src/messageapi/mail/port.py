"""What every twin of the mail door can do."""

import re
from typing import Literal, Protocol, get_args

import msgspec

from messageapi.errors import DoorError

Code = Literal[
    "bad_url",
    "bad_address",  # the email's or the sender's: nobody could deliver to it
    "unreachable",
    "too_slow",
    "no_tls",  # the server offers none, and a password or an email would travel in the open
    "bad_certificate",
    "login_refused",
    "deferred",  # 4xx: the server asks to come back
    "refused",  # 5xx
    "not_writable",
]
CODES: tuple[Code, ...] = get_args(Code)
_FOREVER: frozenset[Code] = frozenset({"bad_url", "bad_address"})
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[^@\s<>,;:\"()\[\]\\]+")
"""Domains may be in any script, the part before them not: hardly a server takes that."""
LONGEST_ADDRESS = 320


class MailError(DoorError):
    """Names no address and nothing of an email."""

    def __init__(self, code: Code, detail: str, *, permanent: bool | None = None) -> None:
        super().__init__(code, detail, permanent=code in _FOREVER if permanent is None else permanent)


class Email(msgspec.Struct, frozen=True, kw_only=True):
    """`text` and `html` say the same. The same `id` twice is the same email: mailboxes may drop the second."""

    id: str
    to: str
    name: str = ""
    subject: str
    text: str
    html: str
    reply_to: str = ""
    at: int


class Mail(Protocol):
    """Errors are MailError."""

    async def send(self, email: Email) -> None:
        """When this returns, whoever comes next has the email: a server, or the disk."""
        ...

    async def newest(self, most: int) -> list[Email] | None:
        """What was sent last, for developers; None where emails really leave and nothing is kept."""
        ...

    async def close(self) -> None: ...


def is_address(text: str) -> bool:
    """Whether an email may be addressed so: one address and nothing that could become a second one or a header."""
    if len(text) > LONGEST_ADDRESS or not text.isprintable() or not _ADDRESS.fullmatch(text):
        return False
    try:
        domain(text)
    except UnicodeError:
        return False
    return True


def domain(address: str) -> str:
    """As it travels (IDNA). Raise UnicodeError."""
    return address.rpartition("@")[2].encode("idna").decode()
