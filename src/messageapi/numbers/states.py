"""The states of a number as a pure table, with the sentence and the next action people read.

created -> linking -> connecting -> connected <-> degraded
                              ^          |
                              `- reconnecting      any of the last three -> logged_out | replaced | banned
limited: connected, and WhatsApp lets it send less until a time
stopped: the owner stopped it; restart brings it back
"""

from typing import Literal

State = Literal[
    "created",
    "linking",
    "connecting",
    "connected",
    "degraded",
    "reconnecting",
    "limited",
    "passkey_required",
    "logged_out",
    "replaced",
    "banned",
    "stopped",
]


def _states(*states: State) -> frozenset[State]:
    return frozenset(states)


_LIVE: frozenset[State] = frozenset({"connecting", "connected", "degraded", "reconnecting", "limited"})
_ENDS: frozenset[State] = frozenset({"logged_out", "replaced", "banned", "stopped", "limited", "created"})

NEXT: dict[State, frozenset[State]] = {
    "created": frozenset({"linking"}),
    "linking": frozenset({"connecting", "created", "passkey_required", "logged_out"}),
    "passkey_required": frozenset({"linking", "created"}),
    "connecting": _states("connected", "reconnecting") | _ENDS,
    "connected": _states("degraded", "reconnecting", "connecting") | _ENDS,
    "degraded": _states("connected", "reconnecting", "connecting") | _ENDS,
    "reconnecting": _states("connected", "connecting") | _ENDS,
    "limited": _states("connected", "degraded", "connecting", "reconnecting") | _ENDS,
    "logged_out": frozenset({"linking"}),
    "replaced": frozenset({"connecting", "linking", "stopped", "logged_out"}),
    "banned": frozenset({"connecting", "linking", "stopped", "logged_out"}),
    "stopped": frozenset({"connecting", "linking", "logged_out", "created"}),
}

HELD: frozenset[State] = _LIVE
"""A host should hold the number."""

SENDS: frozenset[State] = frozenset({"connected", "degraded", "limited"})
"""Messages are handed over now, from a limited number those that its limit lets through; else they wait."""

WAITS: frozenset[State] = frozenset(
    {"connecting", "reconnecting", "limited", "degraded", "connected", "stopped", "replaced", "banned"}
)
"""Messages are accepted and wait; a ban has an end. In any other state there is nobody to wait for, and a send is
refused.
"""


def may_become(now: State, then: State) -> bool:
    return now == then or then in NEXT[now]


REASONS: dict[str, str] = {
    "never_linked": "This number is not linked yet. Link it with a QR code or a code typed on the phone.",
    "linking": "Waiting for the phone. On the phone: Settings, Linked devices, Link a device, then scan the QR code.",
    "link_timeout": "Nobody scanned the QR code in time. Start linking again when the phone is at hand.",
    "link_refused": "WhatsApp refused to link this device. Wait a few minutes, then link again.",
    "passkey_required": "WhatsApp asks for a passkey on this account, which linked devices cannot give yet. "
    "Confirm it on the phone, or try linking with a code.",
    "link_network": "WhatsApp could not be reached while linking. Check this machine's connection, then link again.",
    "link_crashed": "The process that was linking this number ended. Link it again.",
    "link_canceled": "Linking was canceled. Start it again when the phone is at hand.",
    "too_many_links": "Too many numbers are being linked at once. Wait a minute, then link this one again.",
    "opening": "The connection to WhatsApp is being opened. Messages wait in order.",
    "no_host": "No engine host is running for this network yet. One is being started; messages wait in order.",
    "hosts_full": "Every engine host is full. Raise MESSAGEAPI_ENGINE_HOSTS or MESSAGEAPI_ENGINE_SESSIONS.",
    "library_unusable": "The WhatsApp engine's library is missing or another than this version needs. Install the "
    "locked requirements; the number connects by itself then.",
    "network": "The connection to WhatsApp was lost. It comes back by itself; messages wait in order.",
    "host_lost": "The process that held this number ended. It is being started again; messages wait in order.",
    "quiet": "Nothing was heard from WhatsApp for over a minute. The connection is being checked.",
    "stream_error": "WhatsApp closed the connection. It is being opened again; messages wait in order.",
    "logged_out": "This number was logged out on the phone. Link it again to keep sending.",
    "unlinked": "You unlinked this number. Link it again to keep sending.",
    "replaced": "Another program took over this linked device. Stop the other one, then restart this number.",
    "new_contacts": "WhatsApp does not let this number write to people who do not know it. Answers go out; messages to "
    "new contacts wait. Write to fewer strangers afterwards.",
    "everything": "WhatsApp has banned this number from sending for a time. Messages wait; send less afterwards.",
    "banned": "WhatsApp has banned this number for a time. It is started again when the ban ends; messages wait.",
    "client_outdated": "WhatsApp no longer accepts this version of the client. Update MessageAPI.",
    "refused": "WhatsApp refused the login. Link the number again.",
    "stopped": "You stopped this number. Restart it to keep sending.",
}
