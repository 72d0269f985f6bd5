"""What callers are told when a message cannot be taken, found or stopped."""

from messageapi.errors import Problem
from messageapi.messages.states import Status
from messageapi.numbers.states import REASONS, State
from messageapi.vocab.phone import RecipientError

TEXT_LENGTH = 65_536
METADATA_LENGTH = 4_096


def recipient_problem(error: RecipientError) -> Problem:
    return Problem(error.code, 422, error.message)


def text_missing() -> Problem:
    return Problem("text_missing", 422, "The text is empty. Write what the message should say.")


def text_too_long() -> Problem:
    return Problem(
        "text_too_long",
        422,
        f"The text has more than {TEXT_LENGTH:,} characters. Shorten it, or send several messages.",
    )


def text_malformed() -> Problem:
    return Problem("text_malformed", 422, "The text holds half of a surrogate pair. Send it as UTF-8.")


def metadata_too_large() -> Problem:
    return Problem(
        "metadata_too_large", 422, f"The metadata is longer than {METADATA_LENGTH:,} characters as JSON. Shorten it."
    )


def type_not_yet_supported() -> Problem:
    return Problem("type_not_yet_supported", 422, "Only messages of type text can be sent yet. Leave `type` out.")


def number_unknown() -> Problem:
    return Problem("number_unknown", 404, "You have no such number. GET /api/v1/numbers lists those you can send from.")


def no_number() -> Problem:
    return Problem("no_number", 409, "This account has no number yet. Create one and link it, then send.")


def number_not_linked(state: State, reason: str | None) -> Problem:
    """`reason` is the number's own sentence."""
    sentence = reason or REASONS["linking" if state == "linking" else "never_linked"]
    return Problem("number_not_linked", 409, f"The number cannot send. {sentence}")


def message_not_found() -> Problem:
    return Problem("message_not_found", 404, "There is no message with this id. Check the id you got when you sent it.")


def not_cancelable(status: Status) -> Problem:
    return Problem(
        "message_not_cancelable",
        409,
        f"The message is already {status}. Only a message that still waits (scheduled or accepted) can be canceled.",
    )
