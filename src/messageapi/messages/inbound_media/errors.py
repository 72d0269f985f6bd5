"""Why the file of a received message cannot be had, and what to do then."""

from collections.abc import Callable, Mapping

from messageapi.errors import Problem

SOON_S = 5
FULL_S = 60


def none() -> Problem:
    return Problem(
        "message_without_file",
        404,
        "This message brought no file. Only received images, videos, sounds, documents and stickers have one.",
    )


def expired(hours: int) -> Problem:
    return Problem(
        "file_expired",
        410,
        f"What a received message says, and its file, is kept for {hours} hours. Ask its sender to send it again.",
    )


def gone() -> Problem:
    return Problem(
        "file_gone", 410, "WhatsApp does not keep the file of this message any more. Ask its sender to send it again."
    )


def damaged() -> Problem:
    return Problem(
        "file_damaged",
        410,
        "What lies at WhatsApp is not the file this message names. Ask its sender to send it again.",
    )


def unsupported() -> Problem:
    return Problem("file_unsupported", 410, "Files of this kind, such as those of channels, cannot be fetched.")


def too_large(size: int, most: int) -> Problem:
    return Problem(
        "file_too_large",
        413,
        f"The file has {size:,} bytes and this server fetches up to {most:,}. Look at it on the phone, or ask the "
        "server's operator for more.",
    )


def being_fetched() -> Problem:
    return Problem(
        "file_being_fetched",
        503,
        "The file is still on its way from WhatsApp. Ask again as Retry-After says; the fetching goes on.",
        retry_after=SOON_S,
    )


def not_fetched() -> Problem:
    return Problem(
        "file_not_fetched",
        503,
        "WhatsApp did not hand the file out now. Ask again as Retry-After says.",
        retry_after=SOON_S,
    )


def storage_full() -> Problem:
    return Problem(
        "media_storage_full",
        503,
        "The server has no space left for files. Try again as Retry-After says.",
        retry_after=FULL_S,
    )


def link_dead() -> Problem:
    """Whatever is wrong with it: nobody learns which messages there are."""
    return Problem(
        "link_not_found", 404, "This link leads nowhere, or not any more. GET /api/v1/messages/{id} has a new one."
    )


def range_unsatisfiable(size: int) -> Problem:
    return Problem("range_unsatisfiable", 416, f"The file has {size:,} bytes. Ask for a range within them.")


_REFUSALS: Mapping[str, Callable[[], Problem]] = {
    "media_gone": gone,
    "media_damaged": damaged,
    "media_unsupported": unsupported,
    "storage_full": storage_full,
}
FINAL = frozenset(
    {
        "message_without_file",
        "file_expired",
        "file_gone",
        "file_damaged",
        "file_unsupported",
        "file_too_large",
        "message_not_found",
        "number_not_found",
        "account_unknown",
    }
)
"""Asking again would bring the same answer."""


def refused(code: str) -> Problem:
    """What an engine host said."""
    return _REFUSALS.get(code, not_fetched)()
