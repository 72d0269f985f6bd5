"""What can go wrong outside, by code. Texts name no address and no path: both may be a customer's secret."""

from typing import Literal, get_args

from messageapi.errors import DoorError

Code = Literal[
    "bad_url",  # not an address of ours to visit: scheme, port, userinfo, strange characters
    "address_forbidden",  # it leads into a private network
    "unreachable",  # no such name, nobody answers, the connection was refused or lost
    "bad_certificate",
    "bad_status",
    "bad_answer",  # not HTTP, or more headers than anybody needs
    "too_many_redirects",
    "wrong_encoding",  # compressed although asked not to be: what unpacks to anything is not unpacked
    "too_large",
    "too_slow",
    "incomplete",  # fewer bytes than announced
    "program_failed",
    "busy",  # every place for a program stays taken
]
CODES: tuple[Code, ...] = get_args(Code)
_LATER = frozenset({"unreachable", "too_slow", "incomplete", "busy"})


class OutsideError(DoorError):
    """`status`: what the other side answered, where it did."""

    def __init__(self, code: Code, detail: str, *, status: int = 0) -> None:
        permanent = code not in _LATER and status < 500 and status != 429
        super().__init__(code, detail, permanent=permanent)
        self.status = status


class ForbiddenAddressError(OSError):
    """Raised where sockets are made, so that the HTTP client takes it for an address it cannot connect to."""
