"""Whose fault it is that a message went back to the queue: its own, or that of what it was to go through."""

BLAMELESS = frozenset(
    {
        "not_connected",
        "session_closed",
        "session_restarted",
        "host_restarted",
        "order_kept",
        "whatsapp_rate_limited",
        "temporarily_banned",
        "device_not_accepted",
    }
)
"""Why a message goes back to the queue through no fault of its own: any other message would have gone back as well."""
