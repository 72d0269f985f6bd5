"""The part of the codes that is about streams of events."""

from messageapi.web.codes.code import Code

CODES_OF_LIVE: dict[str, Code] = {
    "events_gone": Code(
        410,
        "Events gone",
        "Events are kept for 72 hours unless the server's owner chose otherwise, and you come back later. Send "
        "`after=oldest` for those that are kept, and fetch what you missed by GET /api/v1/messages.",
    ),
    "event_type_unknown": Code(
        422,
        "Unknown type of event",
        "There is no such type of event. The answer names one that is near, or see /docs/api.",
    ),
    "event_number_unknown": Code(
        422, "Unknown number", "None of the account's numbers has this id. GET /api/v1/numbers lists them."
    ),
    "too_many_streams": Code(
        429,
        "Too many streams",
        "The key has as many streams and waiting requests open as it may. Close some, or listen once and pass events "
        "on yourself.",
    ),
}
