"""The part of the codes that is about people, paces and what is asked of WhatsApp."""

from messageapi.web.codes.code import Code

CODES_OF_PEOPLE: dict[str, Code] = {
    "recipient_opted_out": Code(
        422,
        "Recipient opted out",
        "The recipient asked not to get bulk messages. Leave them out, or send without `bulk` what they ordered "
        "themselves.",
    ),
    "queue_full": Code(
        429,
        "Too many messages wait",
        "So many messages of the account wait to be sent that this one, or this batch, does not fit, and nothing of it "
        "was taken. Send it again when some have left, or cancel those that need not go: "
        "`GET /api/v1/messages?status=accepted` lists them.",
    ),
    "over_budget": Code(
        429,
        "Over the number's budget",
        "The number has used its budget for now, and the message was to be refused then (`onLimit`). Send it again as "
        "Retry-After says, or let it wait.",
    ),
    "number_not_connected": Code(
        409,
        "Number not connected",
        "This needs a live connection of the number, and there is none now. Read its state, and try again later.",
    ),
    "whatsapp_no_answer": Code(
        503, "No answer from WhatsApp", "WhatsApp did not answer in time. Try again as Retry-After says."
    ),
    "too_many_checks": Code(
        429,
        "Too many checks",
        "The number has asked WhatsApp about as many people as is safe in an hour. Go on as Retry-After says; sending "
        "needs no check before.",
    ),
    "opt_out_not_found": Code(404, "Nobody opted out", "This person is not on the list of those who opted out."),
    "words_invalid": Code(
        422,
        "Invalid words",
        "A list has 1 to 100 words of 1 to 40 characters, and no word opts out and in. The answer says what is wrong.",
    ),
    "message_not_received": Code(
        409, "Not a received message", "Only what somebody else wrote can be marked as read. Name such messages."
    ),
}
