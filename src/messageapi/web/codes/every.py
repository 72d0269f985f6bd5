"""Every code an error can carry, with its explanation: the page /docs/errors is made of this table, and a code missing
here fails a test.
"""

from messageapi.web.codes.code import Code
from messageapi.web.codes.files import CODES_OF_FILES
from messageapi.web.codes.groups import CODES_OF_GROUPS
from messageapi.web.codes.keys import CODES_OF_KEYS
from messageapi.web.codes.live import CODES_OF_LIVE
from messageapi.web.codes.logins import CODES_OF_LOGINS
from messageapi.web.codes.panel import CODES_OF_PANEL
from messageapi.web.codes.people import CODES_OF_PEOPLE
from messageapi.web.codes.received_files import CODES_OF_RECEIVED_FILES
from messageapi.web.codes.sandbox import CODES_OF_SANDBOX
from messageapi.web.codes.support import CODES_OF_SUPPORT
from messageapi.web.codes.webhooks import CODES_OF_WEBHOOKS

CODES: dict[str, Code] = {
    # the request itself
    "route_unknown": Code(
        404, "No such address", "There is nothing at this address. Compare it with the list under /docs/api."
    ),
    "method_not_allowed": Code(
        405,
        "Method not allowed",
        "The address exists but does not take this method. The Allow header names those it takes.",
    ),
    "bad_request": Code(
        400,
        "Unreadable request",
        "The request cannot be read. Spaces and letters such as ü in an address must be percent-encoded; compare it "
        "with the example of the call.",
    ),
    "path_malformed": Code(
        400, "Malformed path", "The path holds broken UTF-8 or control characters. Percent-encode it as UTF-8."
    ),
    "path_too_long": Code(414, "Path too long", "Send long values in the body of a POST request."),
    "headers_too_large": Code(
        431, "Headers too large", "The headers exceed 32 KB together. Send fewer or shorter ones."
    ),
    "encoding_invalid": Code(400, "Not UTF-8", "A parameter or the body is not valid UTF-8. Encode text as UTF-8."),
    "unknown_parameter": Code(
        400,
        "Unknown parameter",
        "The address has a parameter this call does not know. Remove it, or check its spelling.",
    ),
    "repeated_parameter": Code(
        400, "Repeated parameter", "A parameter was sent twice, and which one counts would be a guess. Send it once."
    ),
    "too_many_parameters": Code(400, "Too many parameters", "No call has more than a few. Send fewer."),
    "parameter_missing": Code(422, "Parameter missing", "The call needs a parameter that was not sent. Add it."),
    "parameter_invalid": Code(
        422, "Invalid parameter", "A parameter has the wrong form. The answer names it and says what is expected."
    ),
    "body_missing": Code(400, "Body missing", "This call needs a JSON body. Send one, as in the example of the call."),
    "body_too_large": Code(
        413,
        "Body too large",
        "The body is larger than this server takes (1 MiB unless its owner set another limit). Send less.",
    ),
    "body_too_slow": Code(408, "Body too slow", "The body did not arrive in time. Send it again."),
    "body_incomplete": Code(
        400, "Body incomplete", "The connection ended before the body was complete. Send it again."
    ),
    "media_type_unsupported": Code(
        415, "Unsupported media type", "The body must be JSON. Send the header Content-Type: application/json."
    ),
    "json_malformed": Code(400, "Malformed JSON", "The body is not valid JSON. Check its quotes, commas and brackets."),
    "form_malformed": Code(400, "Malformed form", "The form cannot be read. Send its fields as UTF-8 text."),
    "unknown_field": Code(
        400, "Unknown field", "The body has a field this call does not know. Remove it, or check its spelling."
    ),
    "field_missing": Code(422, "Field missing", "The body lacks a field. The answer names it; add it."),
    "field_invalid": Code(
        422, "Invalid field", "A field has the wrong type or form. The answer names it and says what is expected."
    ),
    "file_in_form": Code(
        422, "File in a form", "This form takes no file. Name it by its URL, or upload it with POST /api/v1/media."
    ),
    "caption_conflict": Code(422, "Two captions", "`caption` and `text` say different things. Send one of them."),
    "idempotency_key_invalid": Code(
        400,
        "Invalid Idempotency-Key",
        "The header has 1 to 255 visible ASCII characters and is sent once. A UUID is a good key.",
    ),
    "idempotency_key_reused": Code(
        422,
        "Idempotency-Key used for another request",
        "Within 72 hours the key was sent with another body. Nothing was done. Use a new key for each new request.",
    ),
    "idempotency_in_progress": Code(
        409,
        "Still running",
        "A request with this Idempotency-Key is still running. Send it again as Retry-After says to get its answer.",
    ),
    "cursor_invalid": Code(
        400,
        "Invalid cursor",
        "The cursor is not one of this list and account. Leave it out to start from the beginning.",
    ),
    # keys and permissions
    "key_missing": Code(401, "No API key", "Send your API key in the X-API-Key header; keys begin with msg_."),
    "key_mistyped": Code(
        401, "Mistyped API key", "The key's checksum does not match: a character is wrong or missing. Copy it again."
    ),
    "key_unknown": Code(
        401, "Unknown API key", "The key is well formed, but this server does not know it. Check that it was made here."
    ),
    "key_revoked": Code(
        401, "Revoked API key", "Somebody with access to the account revoked this key. Create a new one."
    ),
    "key_expired": Code(401, "Expired API key", "The key's time has ended. Create a new one."),
    "key_conflict": Code(
        400, "Several API keys", "Different keys came in different places. Send exactly one, in the X-API-Key header."
    ),
    "key_in_address": Code(
        400,
        "Key in the address",
        "Addresses end up in logs and histories. Send the key in the X-API-Key header, and replace a key that was "
        "exposed. Only GET /send.php takes ?apikey=.",
    ),
    "key_not_for_links": Code(
        403,
        "Key not made for links",
        "?apikey= works only with keys created for it (inLink). Use the X-API-Key header.",
    ),
    "scope_missing": Code(403, "Scope missing", "The key may not do this. Use a key with the scope the answer names."),
    "scope_exceeded": Code(
        403, "Scope exceeded", "A key can only create keys with scopes it has itself. Leave the others out."
    ),
    "expiry_exceeded": Code(
        403,
        "Expiry exceeded",
        "A key that expires can only create keys that expire no later. Set `expiresAt` accordingly.",
    ),
    "rate_limited": Code(
        429,
        "Too many requests",
        "More requests came with this key, or without a valid one from this address, than a minute allows. Wait as "
        "long as Retry-After says.",
    ),
    "key_not_found": Code(404, "No such API key", "The account has no key with this id. GET /api/v1/keys lists them."),
    "key_name_invalid": Code(422, "Invalid key name", "A key's name has 1 to 200 visible characters. Choose another."),
    "scopes_invalid": Code(
        422, "Invalid scopes", "A key needs one or more of the known scopes. The answer lists them."
    ),
    "expiry_passed": Code(
        422, "Expiry in the past", "`expiresAt` has passed already. Choose a later time or leave it out."
    ),
    "too_many_keys": Code(409, "Too many API keys", "The account is full of keys. Revoke those that are not used."),
    "account_exists": Code(409, "Account exists", "Another account has this email. Use another one."),
    "account_name_invalid": Code(
        422, "Invalid account name", "The name has 1 to 200 visible characters. Choose another."
    ),
    "email_invalid": Code(422, "Invalid email address", "An email address looks like name@example.com. Correct it."),
    "country_invalid": Code(422, "Invalid country", "Write two letters, such as DE (ISO 3166)."),
    "account_unknown": Code(404, "No such account", "The account does not exist. Check its id."),
    # messages
    "recipient_missing": Code(
        422, "Recipient missing", "Say who gets the message: +4915123456789, or a WhatsApp address."
    ),
    "recipient_malformed": Code(
        422,
        "Malformed recipient",
        "Write the number with its country code, such as +4915123456789, or a WhatsApp address such as "
        "4915123456789@s.whatsapp.net.",
    ),
    "text_missing": Code(422, "Text missing", "The text is empty. Write what the message should say."),
    "text_too_long": Code(
        422, "Text too long", "A text has at most 65,536 characters. Shorten it, or send several messages."
    ),
    "caption_too_long": Code(
        422, "Caption too long", "A caption has at most 1,024 characters. Shorten it, or send a text beside the file."
    ),
    "text_malformed": Code(422, "Malformed text", "The text holds half of a surrogate pair. Send it as UTF-8."),
    "metadata_too_large": Code(
        422, "Metadata too large", "The metadata has at most 4,096 characters as JSON. Shorten it."
    ),
    "media_source_missing": Code(
        422, "File missing", "A message of this type needs a file. Name it by `url`, `mediaId` or `base64`."
    ),
    "media_source_conflict": Code(
        422, "Several files", "The file was named in more than one way. Use one of `url`, `mediaId` and `base64`."
    ),
    "too_many_urls": Code(
        422,
        "Too many URLs",
        "A batch fetches at most 50 different URLs. Upload the files and name them by `mediaId`.",
    ),
    "time_invalid": Code(
        422,
        "Invalid time",
        "`sendAt` or `expiresAt` has no offset and no `timeZone`, has passed, is too far away, or does not exist in "
        "that zone. The answer says which.",
    ),
    "mention_invalid": Code(
        422, "Invalid mention", "Only people can be mentioned, and `all` only in a group. The answer says which."
    ),
    "target_not_found": Code(
        404,
        "No such message to refer to",
        "The account has no message with this id. Check it, or name the message by `waMessageId` and `sender`.",
    ),
    "target_elsewhere": Code(
        422,
        "Message of another chat",
        "The message it refers to is in another chat or of another number. Send it where that message is.",
    ),
    "target_not_sent": Code(
        409,
        "Message not sent yet",
        "The message it refers to is not at WhatsApp. Wait until it is sent; what still waits can be canceled.",
    ),
    "target_sender_missing": Code(
        422, "Sender missing", "In a group `sender` must say who wrote the message that is referred to. Add it."
    ),
    "message_not_ours": Code(
        409, "Not your message", "Somebody else wrote this message. Only your own can be edited or revoked."
    ),
    "message_not_editable": Code(
        409, "Nothing to edit", "Only texts and captions can be edited. Revoke the message and send a new one."
    ),
    "message_not_revocable": Code(
        409, "Not revocable", "Reactions, edits and revocations cannot be taken back. Revoke the message itself."
    ),
    "edit_too_late": Code(
        409, "Too late to edit", "WhatsApp takes edits for 15 minutes after sending. Send a new message."
    ),
    "revoke_too_late": Code(
        409, "Too late to revoke", "WhatsApp takes messages back for about two days after sending."
    ),
    "message_failed": Code(
        400,
        "Message failed",
        "The message was accepted, but it was not sent. `messageId` is there: read its status for the reason, then "
        "send a new one.",
    ),
    "message_not_found": Code(
        404, "No such message", "The account has no message with this id. Check the id you got when you sent it."
    ),
    "message_not_cancelable": Code(
        409,
        "Too late to cancel",
        "Only a message that still waits (`scheduled` or `accepted`) can be canceled; this one is on its way, or at "
        "its end.",
    ),
    **CODES_OF_FILES,
    **CODES_OF_RECEIVED_FILES,
    **CODES_OF_SANDBOX,
    **CODES_OF_PEOPLE,
    # numbers
    "no_number": Code(409, "No number yet", "The account has no number yet. Create one and link it, then send."),
    "number_unknown": Code(
        404, "No such sender", "None of the account's numbers is the one in `from`. GET /api/v1/numbers lists them."
    ),
    "number_not_found": Code(
        404, "No such number", "The account has no number with this id. GET /api/v1/numbers lists them."
    ),
    "number_not_linked": Code(
        409,
        "Number not linked",
        "The number is not linked to WhatsApp, so there is nothing to send with. Link it, then try again.",
    ),
    "number_linked": Code(409, "Number linked already", "Unlink the number first to link another phone."),
    "number_not_running": Code(409, "Number not running", "The number is not running. Unlink it to give up linking."),
    "number_banned": Code(
        409,
        "Number banned",
        "WhatsApp has banned the number for a time. It starts again by itself when that has passed.",
    ),
    "number_changed": Code(
        409, "Number changed", "The number changed while the request ran. Read its state, and decide again."
    ),
    "not_linking": Code(
        409, "Not being linked", "There is no code to show. POST /api/v1/numbers/{id}/link begins linking."
    ),
    "qr_not_ready": Code(404, "Code not ready", "The code is not there yet. Ask again in a second."),
    "code_not_qr": Code(
        409, "A code, not a QR", "The number is being linked with a code to type in. Ask with `format=json` or `txt`."
    ),
    "phone_invalid": Code(
        422, "Phone number needed", "Linking with a code needs `phone`: the number's own digits with its country code."
    ),
    "name_invalid": Code(422, "Invalid name", "A name is too long, empty, or has control characters. Choose another."),
    "name_taken": Code(409, "Name taken", "Another number of the account has this name. Choose another name."),
    "default_needed": Code(
        422, "A default is needed", "One number is always the default. Make another one the default instead."
    ),
    "sandbox_off": Code(
        409, "Sandbox off", "This server runs without the sandbox network. Its operator can switch it on."
    ),
    "engine_unavailable": Code(
        503, "Engine unavailable", "No process could be started to link the number. Try again as Retry-After says."
    ),
    # webhooks
    **CODES_OF_SUPPORT,
    **CODES_OF_GROUPS,
    **CODES_OF_WEBHOOKS,
    **CODES_OF_LIVE,
    **CODES_OF_KEYS,
    **CODES_OF_LOGINS,
    **CODES_OF_PANEL,
    # the server
    "operator_token_wrong": Code(
        401, "Wrong operator token", "The operator's token changes with every start. Read it again from operator.json."
    ),
    "internal_error": Code(
        500, "Internal error", "Something failed on our side. Try again; if it stays, quote the request id to support."
    ),
    "temporarily_unavailable": Code(
        503,
        "Temporarily unavailable",
        "A part of the server does not answer. Try again as Retry-After says; nothing was done.",
    ),
    "storage_overloaded": Code(
        503,
        "Overloaded",
        "More requests are waiting than the database can take. Try again in a second; nothing was done.",
    ),
    "storage_too_slow": Code(503, "Too slow", "The work took too long and was undone. Try again; nothing was done."),
    "storage_closed": Code(503, "Restarting", "The server is being stopped or restarted. Try again; nothing was done."),
    "storage_disk_full": Code(
        503, "Disk full", "The server's disk is full. It resumes by itself when there is space; nothing was done."
    ),
    "storage_io_failed": Code(
        503, "Disk failed", "The server's disk failed. Its operator has to look at it; nothing was done."
    ),
    "storage_corrupt": Code(
        503, "Database damaged", "The server's database is damaged. Its operator has to restore it; nothing was done."
    ),
    "storage_unreachable": Code(
        503,
        "Database unreachable",
        "The server's database does not answer. Try again as Retry-After says; nothing was done.",
    ),
    "storage_not_writable": Code(
        503,
        "Database not writable",
        "The server's data folder cannot be written. Its operator has to correct that; nothing was done.",
    ),
    "storage_locked_by_other": Code(
        503,
        "Database locked",
        "Another process holds the server's database. Try again as Retry-After says; nothing was done.",
    ),
}
