"""Codes of the pages that people work with."""

from messageapi.web.codes.code import Code

CODES_OF_PANEL: dict[str, Code] = {
    "form_outdated": Code(
        403,
        "Form outdated",
        "The form is from an earlier login, or another site sent it. Nothing was changed. Open the page again and "
        "repeat what you did.",
    ),
    "role_missing": Code(
        403,
        "Role missing",
        "Your role in this account does not allow this. An owner of the account can give you another role.",
    ),
    "name_differs": Code(
        422, "Name differs", "What cannot be undone is confirmed with the name of what it is done to. Type it as shown."
    ),
    "day_invalid": Code(
        422, "Not a day", "The list is filtered by days. Write one as in 2026-11-22, or leave it empty."
    ),
    "caption_impossible": Code(
        422,
        "No caption here",
        "No words stand below a sound. Empty the text and send it as its own message, or send the file as a document.",
    ),
}
