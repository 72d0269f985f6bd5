"""What can be wrong with a file, and what to do then."""

from messageapi.errors import DoorError, Problem
from messageapi.media.source import Kind
from messageapi.media.workshop.made import Refused
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


_UNFIT = {
    "unreadable": ("media_unreadable", "The file is damaged or cut off. Open it yourself to check, and send it again."),
    "too_many_pixels": ("media_too_many_pixels", "The picture has more than 64 million pixels. Make it smaller."),
    "too_long": ("media_too_long", "The file lasts too long or has too many frames. Shorten it."),
    "no_sound": ("media_unreadable", "There is no sound in the file. Send one with sound in it."),
    "no_picture": ("media_unreadable", "There is no picture in the file. Send one with a picture in it."),
    "too_large": ("media_too_complex", "The file cannot be made small enough. Send a simpler one."),
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
    code, sentence = _UNFIT[refused.reason]
    return Problem(code, 422, sentence)


def unworked(failure: OutsideError) -> Problem:
    """The workshop did not answer."""
    if failure.code == "busy":
        return Problem(
            "media_busy", 503, "Too many files are being converted. Try again as Retry-After says.", retry_after=BUSY_S
        )
    if failure.code == "program_failed":
        return unfit(Refused("unreadable"))
    return unfit(Refused("too_large"))


_FETCHED = {
    "bad_url": ("media_url_invalid", "The URL is not a public http or https address. Correct it."),
    "address_forbidden": (
        "media_url_forbidden",
        "The URL leads into a private network. Use a public address, or upload the file with POST /api/v1/media.",
    ),
    "unreachable": ("media_url_unreachable", "The URL's server cannot be reached. Check the address, then try again."),
    "bad_certificate": (
        "media_url_certificate",
        "The URL's server has no valid certificate. Renew it, or upload the file with POST /api/v1/media.",
    ),
    "bad_answer": ("media_url_answer", "The URL's server does not answer properly. Open the URL yourself to check."),
    "too_many_redirects": ("media_url_redirects", "The URL leads on too often. Use the address where the file is."),
    "wrong_encoding": (
        "media_url_compressed",
        "The URL's server sends the file compressed although asked not to. Switch that off for this file.",
    ),
    "too_slow": ("media_url_too_slow", "The URL's server takes too long. Try again, or upload the file yourself."),
    "incomplete": ("media_url_incomplete", "The URL's server sent less than it announced. Try again."),
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
    code, sentence = _FETCHED[failure.code]
    return Problem(code, 422, sentence)


def unstored(failure: DoorError) -> Problem | DoorError:
    if failure.code == "full":
        return Problem(
            "media_storage_full",
            503,
            "The server has no space left for files. Try again as Retry-After says.",
            retry_after=FULL_S,
        )
    return failure
