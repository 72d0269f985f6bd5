"""WhatsApp's notice that a number may not write to new contacts for a time (its "reach-out timelock", error 463).

The library knows it and does not pass it on (neonize 0.5.2), so it is read from the line about the stanza received.
"""

import re

import msgspec

from messageapi.engines.port import Limited
from messageapi.vocab.clock import now_ms

# Only what the server itself writes counts: a group's notices carry names that people choose.
_NOTICE = re.compile(rb'<notification [^>]*\btype="mex"[^>]*><update [^>]*>(\{.*\})</update>')


class _Timelock(msgspec.Struct):
    is_active: bool = False
    time_enforcement_ends: str | int | None = None  # seconds since 1970


class _Data(msgspec.Struct):
    xwa2_notify_account_reachout_timelock: _Timelock | None = None


class _Notice(msgspec.Struct):
    data: _Data


def limit_in(line: bytes) -> Limited | None:
    found = _NOTICE.match(line[line.find(b"<") :])
    if not found:
        return None
    try:
        lock = msgspec.json.decode(found[1], type=_Notice).data.xwa2_notify_account_reachout_timelock
        ends = int(lock.time_enforcement_ends or 0) if lock else 0
    except (msgspec.DecodeError, ValueError):
        return None
    return Limited(now_ms(), active=lock.is_active, until=ends * 1000 or None) if lock else None
