"""The fields of a form that a page sent, and the token that proves which page it was."""

import base64
import hmac
import secrets
from collections.abc import Iterable, Mapping

from messageapi.errors import Problem
from messageapi.panel.gate.multipart import Sent

TOKEN_FIELD = "csrf"  # noqa: S105 - a name
TOKEN_HEADER = "x-csrf-token"  # noqa: S105 - a name


class Form:
    """Fields by name, as text. What is missing reads as empty: the verbs say what is wrong with it."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = (), files: Mapping[str, Sent] | None = None) -> None:
        self._pairs = [(name, value) for name, value in pairs if name != TOKEN_FIELD]
        self._files = files or {}

    def text(self, name: str) -> str:
        """As it was typed, but for the space around it."""
        return self.secret(name).strip()

    def secret(self, name: str) -> str:
        """As it was typed. A password may begin with a space."""
        return next((value for key, value in self._pairs if key == name), "")

    def all(self, name: str) -> list[str]:
        """Of a group of checkboxes, or a list."""
        return [value for key, value in self._pairs if key == name]

    def on(self, name: str) -> bool:
        """Is this checkbox ticked?"""
        return bool(self.secret(name))

    def file(self, name: str) -> Sent | None:
        """The file that was chosen, if one was."""
        return self._files.get(name)

    def having(self, **values: str) -> "Form":
        """The same with these values, and without files."""
        return Form([*values.items(), *((name, value) for name, value in self._pairs if name not in values)])

    def values(self, *, without: Iterable[str] = ()) -> dict[str, str]:
        """To fill the form in again after a mistake: never with passwords."""
        hidden = frozenset(without)
        return {name: value for name, value in reversed(self._pairs) if name not in hidden}


def new_token() -> str:
    return secrets.token_urlsafe(24)


def masked(token: str) -> str:
    """Differs each time it is written: from how small a page becomes when it is compressed nobody learns the token."""
    plain = token.encode()
    mask = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(mask + _xor(mask, plain)).decode()


def _unmasked(given: str) -> bytes:
    """Nothing for what is no token of ours."""
    try:
        whole = base64.b64decode(given.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeError, ValueError):
        return b""
    half = len(whole) // 2
    return _xor(whole[:half], whole[half:])


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))


def require_token(expected: str, pairs: Iterable[tuple[str, str]], headers: Mapping[str, str]) -> None:
    """Raise Problem unless the form, or the header a script sends, carries this visitor's token."""
    given = next((value for name, value in pairs if name == TOKEN_FIELD), headers.get(TOKEN_HEADER, ""))
    if not expected or not hmac.compare_digest(_unmasked(given), expected.encode()):
        raise form_outdated()


def form_outdated() -> Problem:
    return Problem(
        "form_outdated",
        403,
        "This form is from an earlier login, or another site sent it. Nothing was changed. Open the page again and "
        "repeat what you did.",
    )
