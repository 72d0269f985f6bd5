"""All tables, one file a room.
Times are milliseconds since 1970 UTC; ids are text; every tenant's row carries account_id.
"""

from messageapi.store.tables.accesses import accesses
from messageapi.store.tables.accounts import accounts
from messageapi.store.tables.audit import audit
from messageapi.store.tables.contacts import contact_checks, contacts, opt_out_words, opt_outs
from messageapi.store.tables.downloads import downloads
from messageapi.store.tables.idempotency import idempotency
from messageapi.store.tables.keys import keys
from messageapi.store.tables.media import media, media_uses
from messageapi.store.tables.messages import bodies, early_receipts, messages
from messageapi.store.tables.metadata import metadata
from messageapi.store.tables.notices import notices
from messageapi.store.tables.numbers import hosts, leases, numbers, placements
from messageapi.store.tables.outbox import outbox
from messageapi.store.tables.pacing import acquaintances, paces
from messageapi.store.tables.people import (
    invitations,
    logins,
    memberships,
    passkeys,
    people,
    recovery_codes,
    slips,
    tries,
)
from messageapi.store.tables.removals import removals
from messageapi.store.tables.support import support_answers, support_requests
from messageapi.store.tables.watches import watches
from messageapi.store.tables.webhooks import attempts, deliveries, relays, webhooks

TENANT_TABLES = frozenset(
    {
        keys,
        numbers,
        placements,
        paces,
        messages,
        bodies,
        outbox,
        idempotency,
        media,
        media_uses,
        downloads,
        removals,
        contacts,
        opt_outs,
        opt_out_words,
        webhooks,
        watches,
        deliveries,
        attempts,
        memberships,
        invitations,
        accesses,
        audit,
    }
)
"""Rows of one account each: read through Scope only (tools/lint_tenancy.py)."""

__all__ = [
    "TENANT_TABLES",
    "accesses",
    "accounts",
    "acquaintances",
    "attempts",
    "audit",
    "bodies",
    "contact_checks",
    "contacts",
    "deliveries",
    "downloads",
    "early_receipts",
    "hosts",
    "idempotency",
    "invitations",
    "keys",
    "leases",
    "logins",
    "media",
    "media_uses",
    "memberships",
    "messages",
    "metadata",
    "notices",
    "numbers",
    "opt_out_words",
    "opt_outs",
    "outbox",
    "paces",
    "passkeys",
    "people",
    "placements",
    "recovery_codes",
    "relays",
    "removals",
    "slips",
    "support_answers",
    "support_requests",
    "tries",
    "watches",
    "webhooks",
]
