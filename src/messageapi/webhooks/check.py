"""What an endpoint may be: an address to visit, types and numbers that exist, headers that are nobody else's."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from messageapi.errors import Problem
from messageapi.numbers import find as numbers
from messageapi.outside.errors import OutsideError
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.events import CATALOGUE
from messageapi.web.doors import Doors

MOST_HEADERS = 20
LONGEST_VALUE = 2_000
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e]*")
_OURS = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
_OUR_PREFIXES = ("webhook-", "proxy-", "sec-")


def valid_url(doors: Doors, url: str) -> str:
    """The guard judges it again with every delivery; this tells early what can be told early."""
    try:
        doors.outside.check(url)
    except OutsideError as problem:
        if problem.code == "address_forbidden":
            raise Problem(
                "webhook_address_forbidden",
                422,
                "The URL leads into a private network. Use a public address, or ask the server's operator to allow it.",
            ) from None
        why = problem.detail.removeprefix("The URL cannot be visited: ")
        raise Problem("webhook_url_invalid", 422, f"Events cannot be sent to this URL: {why} Correct it.") from None
    return url


def valid_events(events: Iterable[str] | None) -> None:
    for event in events or ():
        if event not in CATALOGUE:
            near = get_close_matches(event, CATALOGUE, 1)
            meant = f" Did you mean {near[0]}?" if near else " They are listed under /docs/api."
            raise Problem("webhook_event_unknown", 422, f"There is no type of event `{event[:60]}`.{meant}")


async def valid_numbers(tx: Tx, caller: Caller, ids: Iterable[str] | None) -> None:
    if ids is None:
        return
    mine = {number.id for number in await numbers.every(tx, caller)}
    if unknown := sorted(set(ids) - mine):
        raise Problem(
            "webhook_number_unknown",
            422,
            f"None of your numbers has the id `{unknown[0][:60]}`. GET /api/v1/numbers lists them.",
        )


def valid_headers(headers: Mapping[str, str]) -> dict[str, str]:
    if len({name.lower() for name in headers}) != len(headers) or len(headers) > MOST_HEADERS:
        raise _header(f"there may be {MOST_HEADERS}, each once")
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise _header("a name has letters, digits and hyphens")
        if name.lower() in _OURS or name.lower().startswith(_OUR_PREFIXES):
            raise _header(f"`{name}` is set by the server itself")
        if len(value) > LONGEST_VALUE or not _VALUE.fullmatch(value) or value != value.strip():
            raise _header(f"the value of `{name}` has at most {LONGEST_VALUE} visible ASCII characters")
    return dict(headers)


def _header(why: str) -> Problem:
    return Problem("webhook_header_invalid", 422, f"The headers cannot be sent: {why}. Correct them.")
