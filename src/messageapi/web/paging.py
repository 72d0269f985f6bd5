"""Cursor pages. A cursor is sealed with the account's own key, so it can be neither read, made up nor used by another
account.
"""

import base64
import binascii
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from messageapi.errors import Problem
from messageapi.store.vault import Sealer, SealError

Item = TypeVar("Item")

LARGEST = 200
DEFAULT = 50
CURSOR_LENGTH = 600

Limit = Annotated[int, Meta(ge=1, le=LARGEST), QueryParameter(ge=1, le=LARGEST)]
"""Said twice: Litestar enforces its own, the document is made from msgspec's."""


class Page(msgspec.Struct, Generic[Item], rename="camel"):
    """One page of a list. `next_cursor` is null on the last page; otherwise send it as `cursor` to go on."""

    items: list[Item]
    next_cursor: str | None = None


def cursor(sealer: Sealer, listing: str, position: str) -> str:
    """What to hand out for the row at `position` of this listing."""
    return base64.urlsafe_b64encode(sealer.seal(position.encode(), _about(listing))).decode().rstrip("=")


def position(sealer: Sealer, listing: str, given: str) -> str:
    """The position inside a cursor this account was given for this listing."""
    try:
        sealed = base64.urlsafe_b64decode((given + "=" * (-len(given) % 4)).encode("ascii"))
        return sealer.open(sealed, _about(listing)).decode()
    except (SealError, binascii.Error, UnicodeError, ValueError):
        raise Problem(
            "cursor_invalid", 400, "The cursor is not one of this list. Leave it out to start from the beginning."
        ) from None


def _about(listing: str) -> str:
    return f"cursor:{listing}"


def page(sealer: Sealer, listing: str, items: list[tuple[str, Item]], limit: int) -> Page[Item]:
    """A page out of up to `limit + 1` (position, item) pairs: the extra one says that there is more."""
    shown = items[:limit]
    more = cursor(sealer, listing, shown[-1][0]) if len(items) > limit else None
    return Page([item for _, item in shown], more)
