"""The part of the codes that is about questions to whoever runs the server."""

from messageapi.web.codes.code import Code

CODES_OF_SUPPORT: dict[str, Code] = {
    "support_request_invalid": Code(
        422,
        "Question cannot be taken",
        "Name, subject or text is missing or too long. The answer says which; change it and send again.",
    ),
    "support_answer_invalid": Code(422, "Answer too long", "An answer has 1 to 10,000 characters. Change its length."),
    "support_request_not_found": Code(
        404, "No such question", "There is no question with this id. `messageapi support list` shows those there are."
    ),
    "email_not_found": Code(
        404, "No such email", "This email is not kept. The operator's page of mail lists those that are."
    ),
}
