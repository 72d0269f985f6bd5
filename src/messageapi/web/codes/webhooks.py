"""The part of the codes that is about webhook endpoints."""

from messageapi.web.codes.code import Code

CODES_OF_WEBHOOKS: dict[str, Code] = {
    "webhook_not_found": Code(
        404, "No such endpoint", "The account has no endpoint with this id. GET /api/v1/webhooks lists them."
    ),
    "webhook_url_invalid": Code(
        422,
        "Invalid URL",
        "An endpoint's URL begins with https:// or http://, has a host and a usual port, and no user name or password. "
        "The answer says what is wrong.",
    ),
    "webhook_address_forbidden": Code(
        422,
        "Private address",
        "The URL leads into a network that is not public. Use a public address; a server's operator can allow others.",
    ),
    "webhook_event_unknown": Code(
        422,
        "Unknown type of event",
        "There is no such type of event. The answer names one that is near, or see /docs/api.",
    ),
    "webhook_number_unknown": Code(
        422, "Unknown number", "None of the account's numbers has this id. GET /api/v1/numbers lists them."
    ),
    "webhook_event_missing": Code(
        422,
        "No event chosen",
        "An endpoint that is to get only some events needs at least one. Tick one, or choose all.",
    ),
    "webhook_header_invalid": Code(
        422,
        "Invalid header",
        "A header's name or value cannot be sent, or is set by the server. The answer says which.",
    ),
    "webhook_secret_invalid": Code(
        422, "Invalid secret", "A secret is `whsec_` and random bytes in base64. Leave it out, and one is made."
    ),
    "webhook_secret_length": Code(
        422, "Secret too short or long", "A secret has 24 to 64 random bytes. Leave it out, and one is made."
    ),
    "too_many_webhooks": Code(409, "Too many endpoints", "The account has 50 endpoints. Delete those not used."),
    "webhook_disabled": Code(
        409, "Endpoint disabled", "The endpoint is disabled, so it cannot be paused. Resume it to get events again."
    ),
    "webhook_not_enabled": Code(
        409, "Endpoint not enabled", "The endpoint is paused or disabled. Resume it, then send the test."
    ),
    "delivery_not_found": Code(
        404, "No such delivery", "The endpoint has no delivery of this event. GET its `/deliveries` lists them."
    ),
    "event_gone": Code(
        409,
        "Event gone",
        "Events are kept for 72 hours unless the server's owner chose otherwise; this one is not any more.",
    ),
    "replay_span_missing": Code(422, "Since when?", "To deliver all events again say from which time on: add `since`."),
    "replay_span_invalid": Code(422, "Invalid span", "`until` is before `since`. Swap them."),
}
