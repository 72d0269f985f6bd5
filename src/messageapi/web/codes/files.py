"""The part of the codes that is about files."""

from messageapi.web.codes.code import Code

CODES_OF_FILES: dict[str, Code] = {
    "media_not_found": Code(
        404, "No such file", "The account has no file with this id; files are kept for 24 hours. Upload it again."
    ),
    "media_in_use": Code(
        409, "File in use", "A message that is not sent yet needs the file. Cancel the message first."
    ),
    "media_empty": Code(422, "Empty file", "The file has no content. Send one that has."),
    "media_too_large": Code(
        413,
        "File too large",
        "Images and sounds may have 16 MiB, videos 64 MiB, documents 100 MiB, unless the server's owner set other "
        "limits. Send a smaller one, or send it as a document.",
    ),
    "media_inline_too_large": Code(
        413,
        "Too large for base64",
        "Inside a request a file may have 512 KiB unless the server's owner set another limit. Upload it instead, and "
        "name it by `mediaId`.",
    ),
    "media_base64_invalid": Code(422, "Not base64", "`base64` cannot be decoded. Encode the file's bytes again."),
    "media_type_refused": Code(
        422,
        "Wrong type of file",
        "The file's type, found from its content, cannot be sent as this kind of message. The answer says which can.",
    ),
    "media_type_mismatch": Code(
        422,
        "Type and content differ",
        "The file is said to be of one type and is another; often an error page stands where the file should be. Check "
        "what is at its address.",
    ),
    "media_type_forbidden": Code(422, "Program", "Programs are not sent. Send a link to where it can be had."),
    "media_quota_exceeded": Code(
        409, "Too many files", "The account keeps as many files as it may. Delete some, or wait until they go."
    ),
    "media_form_expected": Code(
        415, "Form expected", "A file is uploaded as multipart/form-data, in a part named `file`."
    ),
    "media_file_missing": Code(422, "File missing in the form", "The form has no part named `file`. Add it."),
    "media_several_files": Code(422, "Several files in the form", "A form takes one file. Upload each by itself."),
    "media_unreadable": Code(
        422,
        "Unreadable file",
        "The file is damaged, cut off, or lacks its sound or picture. Check it, and send it again.",
    ),
    "media_too_many_pixels": Code(
        422, "Picture too large", "A picture has at most 64 million pixels. Make it smaller."
    ),
    "media_too_long": Code(
        422, "File too long", "A sound or video lasts at most 4 hours, a sticker has at most 200 frames. Shorten it."
    ),
    "media_too_complex": Code(
        422, "File too complex", "Converting the file takes more time or memory than there is for it. Simplify it."
    ),
    "media_codec_refused": Code(
        422,
        "Codec not played",
        "Phones do not play the codec the answer names. Convert videos to H.264 with AAC, sounds to MP3 or AAC.",
    ),
    "media_url_invalid": Code(
        422,
        "Invalid URL",
        "The address is not one to fetch a file from: http or https, a host name, no user name, a usual port.",
    ),
    "media_url_forbidden": Code(
        422, "Private address", "The URL leads into a private network. Use a public address, or upload the file."
    ),
    "media_url_unreachable": Code(
        422, "URL unreachable", "The URL's server cannot be reached. Check the address, then try again."
    ),
    "media_url_certificate": Code(
        422, "Invalid certificate", "The URL's server has no valid certificate. Renew it, or upload the file."
    ),
    "media_url_answer": Code(422, "Improper answer", "The URL's server does not speak proper HTTP. Open it to check."),
    "media_url_status": Code(
        422, "URL without the file", "The URL answers with the status the answer names, not with the file. Check it."
    ),
    "media_url_redirects": Code(
        422, "Too many redirects", "The URL leads on more than 3 times. Use the address where the file is."
    ),
    "media_url_compressed": Code(
        422, "Compressed answer", "What comes compressed is not unpacked. Switch compression off for this file."
    ),
    "media_url_too_slow": Code(
        422, "URL too slow", "The URL's server takes too long. Try again, or upload the file yourself."
    ),
    "media_url_incomplete": Code(422, "Answer cut off", "The URL's server sent less than it announced. Try again."),
    "media_busy": Code(
        503,
        "Too many conversions",
        "Too many files are being converted. Try again as Retry-After says; nothing was done.",
    ),
    "media_storage_full": Code(
        503, "No space for files", "The server has no space left for files. Try again as Retry-After says."
    ),
}
