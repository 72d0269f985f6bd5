"""What can be wrong with a file, and what to do then."""

from collections.abc import Callable

from messageapi.errors import DoorError, Problem
from messageapi.media.source import Kind
from messageapi.media.workshop.made import Reason, Refused
from messageapi.outside.errors import OutsideError

BUSY_S = 10
FULL_S = 60


def not_found() -> Problem:
    return Problem(
        "media_not_found",
        404,
        "This account has no file with this id; files are kept for 24 hours. Upload it again with POST /api/v1/media.",
    )


def in_use() -> Problem:
    return Problem("media_in_use", 409, "A message that is not sent yet needs this file. Cancel the message first.")


def empty() -> Problem:
    return Problem("media_empty", 422, "The file is empty. Send one that has something in it.")


def too_large(most: int) -> Problem:
    return Problem(
        "media_too_large", 413, f"The file is larger than {most:,} bytes, the most for this. Send a smaller one."
    )


def inline_too_large(most: int) -> Problem:
    return Problem(
        "media_inline_too_large",
        413,
        f"As base64 a file may have {most:,} bytes. Upload it with POST /api/v1/media and name it by `mediaId`.",
    )


def not_a_form() -> Problem:
    return Problem(
        "media_form_expected",
        415,
        "A file is uploaded as multipart/form-data, in a part named `file`. With curl: -F file=@picture.jpg",
    )


def form_malformed() -> Problem:
    return Problem("form_malformed", 400, "The form cannot be read, or ends too early. Send it again.")


def file_missing() -> Problem:
    return Problem("media_file_missing", 422, "The form has no part named `file`. With curl: -F file=@picture.jpg")


def several_parts() -> Problem:
    return Problem("media_several_files", 422, "The form has more than one part `file`. Upload each by itself.")


def stray_field(name: str) -> Problem:
    return Problem(
        "unknown_field", 400, f"`{name[:60]}` is not a field of this form. Send `file` alone, with its name in it."
    )


def base64_invalid() -> Problem:
    return Problem(
        "media_base64_invalid", 422, "`base64` is not base64. Encode the file's bytes with the + / alphabet."
    )


def type_refused(kind: Kind, mime: str, instead: str) -> Problem:
    return Problem(
        "media_type_refused",
        422,
        f"The file is {mime}, which cannot be sent as {kind}. Send {instead}, or send it as a document.",
    )


def type_mismatch(claimed: str, mime: str) -> Problem:
    said = claimed if claimed.isascii() and claimed.isprintable() else "something else"
    return Problem(
        "media_type_mismatch",
        422,
        f"The file is said to be {said[:60]}, but it is {mime}. Check what is at its address, or correct the type.",
    )


def program() -> Problem:
    return Problem("media_type_forbidden", 422, "Programs cannot be sent. Send a link to where it can be had.")


def quota() -> Problem:
    return Problem(
        "media_quota_exceeded",
        409,
        "The account keeps as many files as it may. Delete some with DELETE /api/v1/media/{id}, or wait until they go.",
    )


_UNFIT: dict[Reason, Callable[[], Problem]] = {
    "unreadable": lambda: Problem(
        "media_unreadable", 422, "The file is damaged or cut off. Open it yourself to check, and send it again."
    ),
    "no_sound": lambda: Problem("media_unreadable", 422, "There is no sound in the file. Send one with sound in it."),
    "no_picture": lambda: Problem("media_unreadable", 422, "There is no picture in the file. Send one that has one."),
    "too_many_pixels": lambda: Problem(
        "media_too_many_pixels", 422, "The picture has more than 64 million pixels. Make it smaller."
    ),
    "too_long": lambda: Problem(
        "media_too_long", 422, "The file lasts more than 4 hours or has more than 200 frames. Shorten it."
    ),
    "too_large": lambda: Problem(
        "media_too_complex", 422, "The file takes too much to convert or cannot be made small enough. Simplify it."
    ),
}


def unfit(refused: Refused) -> Problem:
    """What the workshop said about it."""
    if refused.reason == "codec":
        return Problem(
            "media_codec_refused",
            422,
            f"Phones do not play the codec {refused.detail[:20]}. Convert videos to H.264 with AAC, sounds to MP3 or "
            "AAC, or send it as a document.",
        )
    return _UNFIT[refused.reason]()


def unworked(failure: OutsideError) -> Problem:
    """The workshop did not answer."""
    if failure.code == "busy":
        return Problem(
            "media_busy", 503, "Too many files are being converted. Try again as Retry-After says.", retry_after=BUSY_S
        )
    if failure.code == "program_failed":
        return unfit(Refused("unreadable"))
    return unfit(Refused("too_large"))


_UNFETCHED: dict[str, Callable[[], Problem]] = {
    "bad_url": lambda: Problem("media_url_invalid", 422, "The URL is not a public http or https address. Correct it."),
    "address_forbidden": lambda: Problem(
        "media_url_forbidden",
        422,
        "The URL leads into a private network. Use a public address, or upload the file with POST /api/v1/media.",
    ),
    "unreachable": lambda: Problem(
        "media_url_unreachable", 422, "The URL's server cannot be reached. Check the address, then try again."
    ),
    "bad_certificate": lambda: Problem(
        "media_url_certificate",
        422,
        "The URL's server has no valid certificate. Renew it, or upload the file with POST /api/v1/media.",
    ),
    "bad_answer": lambda: Problem(
        "media_url_answer", 422, "The URL's server does not answer properly. Open the URL yourself to check."
    ),
    "too_many_redirects": lambda: Problem(
        "media_url_redirects", 422, "The URL leads on too often. Use the address where the file is."
    ),
    "wrong_encoding": lambda: Problem(
        "media_url_compressed",
        422,
        "The URL's server sends the file compressed although asked not to. Switch that off for this file.",
    ),
    "too_slow": lambda: Problem(
        "media_url_too_slow", 422, "The URL's server takes too long. Try again, or upload the file yourself."
    ),
    "incomplete": lambda: Problem(
        "media_url_incomplete", 422, "The URL's server sent less than it announced. Try again."
    ),
}


def unfetched(failure: OutsideError, most: int) -> Problem:
    if failure.code == "too_large":
        return too_large(most)
    if failure.code == "bad_status":
        return Problem(
            "media_url_status",
            422,
            f"The URL answers with status {failure.status}, not with the file. Open it yourself to check.",
        )
    return _UNFETCHED[failure.code]()


def unstored(failure: DoorError) -> Problem | DoorError:
    if failure.code == "full":
        return Problem(
            "media_storage_full",
            503,
            "The server has no space left for files. Try again as Retry-After says.",
            retry_after=FULL_S,
        )
    return failure
