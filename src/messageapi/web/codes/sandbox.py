"""The part of the codes that is about virtual phones."""

from messageapi.web.codes.code import Code

CODES_OF_SANDBOX: dict[str, Code] = {
    "phone_unknown": Code(404, "No such phone", "There is no such virtual phone. Open one from its number's page."),
    "phone_real": Code(409, "A real phone", "The number is of the real WhatsApp; virtual phones are for the sandbox."),
    "sandbox_not_running": Code(
        503, "Sandbox not running", "The sandbox network does not answer. It starts with the server; try again soon."
    ),
    "sandbox_refused": Code(409, "Refused by the sandbox", "A virtual phone could not do this. The answer says why."),
}
