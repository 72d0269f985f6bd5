"""The part of the codes that is about how far an API key reaches."""

from messageapi.web.codes.code import Code

CODES_OF_KEYS: dict[str, Code] = {
    "key_wrong_network": Code(
        403, "Key from another network", "The API key may be used from some addresses alone, and this is none of them."
    ),
    "key_number_unknown": Code(
        422, "Unknown number", "A key was to be for a number that the account does not have. List them, and correct it."
    ),
    "key_of_numbers": Code(
        403, "Key for some numbers", "The key is for some numbers and makes no others. Use one without that limit."
    ),
    "test_key": Code(403, "Test key", "A test key reaches the sandbox alone. Use another key, or a sandbox number."),
    "key_ended": Code(409, "Key ended", "The key was revoked or has expired. Create a new one instead."),
    "networks_invalid": Code(
        422, "Invalid networks", "`networks` are 1 to 50 addresses or ranges such as 192.0.2.7 or 2001:db8::/48."
    ),
    "networks_exceeded": Code(
        403, "Networks exceeded", "The key in use works from some networks alone. Name those, or parts of them."
    ),
    "scopes_too_wide": Code(
        422,
        "Scopes too wide",
        "A key for some numbers can send, read and manage numbers; other scopes concern the whole account.",
    ),
}
