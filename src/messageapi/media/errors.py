"""What can be wrong with a file, and what to do then."""

from messageapi.errors import Problem


def not_found() -> Problem:
    return Problem(
        "media_not_found",
        404,
        "This account has no file with this id; files are kept for 24 hours. Upload it again with POST /api/v1/media.",
    )
