"""What callers are told when a message cannot be taken, found or stopped."""

from messageapi.errors import Problem
from messageapi.messages.content.requests import CAPTION_LENGTH, TEXT_LENGTH
from messageapi.messages.states import WAITING, Status
from messageapi.numbers.states import REASONS, State

METADATA_LENGTH = 4_096


def text_missing() -> Problem:
    return Problem("text_missing", 422, "The text is empty. Write what the message should say.")


def text_too_long() -> Problem:
    return Problem(
        "text_too_long",
        422,
        f"The text has more than {TEXT_LENGTH:,} characters. Shorten it, or send several messages.",
    )


def caption_too_long() -> Problem:
    return Problem(
        "caption_too_long", 422, f"The caption has more than {CAPTION_LENGTH:,} characters. Shorten it, or send a text."
    )


def text_malformed() -> Problem:
    return Problem("text_malformed", 422, "The text holds half of a surrogate pair. Send it as UTF-8.")


def metadata_too_large() -> Problem:
    return Problem(
        "metadata_too_large", 422, f"The metadata is longer than {METADATA_LENGTH:,} characters as JSON. Shorten it."
    )


def field_invalid(field: str, sentence: str) -> Problem:
    return Problem("field_invalid", 422, f"`{field}` {sentence}")


def media_source(given: int) -> Problem:
    if given:
        return Problem("media_source_conflict", 422, "Name the file once: by `url`, by `mediaId` or by `base64`.")
    return Problem("media_source_missing", 422, "The file is missing. Name it by `url`, `mediaId` or `base64`.")


def too_many_urls(most: int) -> Problem:
    return Problem(
        "too_many_urls",
        422,
        f"A batch fetches at most {most} different URLs. Upload the files and name them by `mediaId`.",
    )


def time_invalid(field: str, sentence: str) -> Problem:
    return Problem("time_invalid", 422, f"`{field}` {sentence}")


def mention_invalid(sentence: str) -> Problem:
    return Problem("mention_invalid", 422, sentence)


def target_not_found() -> Problem:
    return Problem(
        "target_not_found",
        404,
        "There is no message with this id. Check the id, or name the message by `waMessageId` and `sender`.",
    )


def target_elsewhere() -> Problem:
    return Problem(
        "target_elsewhere", 422, "The message it refers to is in another chat. Send it to the chat of that message."
    )


def target_of_other_number() -> Problem:
    return Problem(
        "target_elsewhere", 422, "The message it refers to is of another of your numbers. Leave `from` out, or name it."
    )


def target_not_sent(status: Status) -> Problem:
    return Problem(
        "target_not_sent",
        409,
        f"The message it refers to is {status}, so WhatsApp does not know it. Wait until it is sent; what still waits "
        "can be canceled instead.",
    )


def target_sender_missing() -> Problem:
    return Problem("target_sender_missing", 422, "In a group `sender` must say who wrote the message. Add it.")


def not_ours() -> Problem:
    return Problem("message_not_ours", 409, "Somebody else wrote this message, so it cannot be changed from here.")


def not_editable(kind: str) -> Problem:
    return Problem(
        "message_not_editable", 409, f"A message of type {kind} has no words to edit. Revoke it and send a new one."
    )


def edit_too_late() -> Problem:
    return Problem("edit_too_late", 409, "WhatsApp takes edits for 15 minutes after sending. Send a new message.")


def revoke_too_late() -> Problem:
    return Problem(
        "revoke_too_late",
        409,
        "WhatsApp takes messages back for about two days after sending. It is too late for this.",
    )


def not_revocable() -> Problem:
    return Problem(
        "message_not_revocable", 409, "This cannot be taken back. Revoke the message, or send an empty reaction."
    )


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
    if status in WAITING:
        return Problem(
            "message_not_cancelable",
            409,
            "A first attempt may have arrived, so the message cannot be canceled. It is being sent once more.",
        )
    return Problem(
        "message_not_cancelable",
        409,
        f"The message is already {status}. Only a message that still waits (scheduled or accepted) can be canceled.",
    )


def recipient_opted_out() -> Problem:
    return Problem(
        "recipient_opted_out",
        422,
        "The recipient asked not to get bulk messages. Leave them out; what they ordered themselves is sent with "
        "`bulk` false.",
    )


def queue_full(most: int) -> Problem:
    return Problem(
        "queue_full",
        429,
        f"At most {most:,} messages of an account may wait to be sent. Send again when some of them have left, or "
        "cancel those that need not go.",
        retry_after=60,
    )


def over_budget(wait_ms: int) -> Problem:
    seconds = max(1, -(-wait_ms // 1000))
    return Problem(
        "over_budget",
        429,
        f"The number has used its budget. Send again after {seconds} seconds, or let the message wait.",
        retry_after=seconds,
    )
