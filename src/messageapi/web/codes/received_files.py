"""The part of the codes that is about files of received messages."""

from messageapi.web.codes.code import Code

CODES_OF_RECEIVED_FILES: dict[str, Code] = {
    "message_without_file": Code(
        404,
        "No file in this message",
        "Only received images, videos, sounds, documents and stickers have a file that can be read.",
    ),
    "file_expired": Code(
        410,
        "File not kept any more",
        "What a received message says, and its file, is kept for 72 hours unless the server's owner chose another "
        "time. Ask its sender to send it again.",
    ),
    "file_gone": Code(
        410,
        "Gone at WhatsApp",
        "WhatsApp keeps files for some weeks, and does not have this one any more. Ask its sender to send it again.",
    ),
    "file_damaged": Code(
        410,
        "Not the file of the message",
        "What lies at WhatsApp is not the file the message names, so it is not given out. Ask its sender to send it "
        "again.",
    ),
    "file_unsupported": Code(
        410, "Kind of file not supported", "Files of this kind, such as those of channels, cannot be fetched."
    ),
    "file_too_large": Code(
        413,
        "File too large to fetch",
        "This server fetches files up to a size its owner chose, 100 MiB if nothing else. Look at it on the phone.",
    ),
    "file_being_fetched": Code(
        503,
        "Still being fetched",
        "The file is on its way from WhatsApp. Ask again as Retry-After says; the fetching goes on meanwhile.",
    ),
    "file_not_fetched": Code(
        503, "Not handed out now", "WhatsApp did not hand the file out. Ask again as Retry-After says."
    ),
    "link_not_found": Code(
        404,
        "Link leads nowhere",
        "Links to files end with their messages' bodies, and open exactly one file. Read the message for a new one.",
    ),
    "range_unsatisfiable": Code(
        416, "Range outside the file", "The range begins behind the file's end. Ask for one within its size."
    ),
}
