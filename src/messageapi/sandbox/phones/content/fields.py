"""Where things stand in WhatsApp's Message: the field numbers of its protobuf definition (waE2E)."""

from typing import NamedTuple

CONVERSATION, KEY_DISTRIBUTION, CONTACT, LOCATION, EXTENDED_TEXT, PROTOCOL = 1, 2, 4, 5, 6, 12
CONTACTS, LIVE_LOCATION, DEVICE_SENT, MESSAGE_CONTEXT, REACTION, POLL_UPDATE, EDITED = 13, 18, 31, 35, 46, 50, 58
POLLS = (49, 60, 64, 111, 119)  # versions 1, 2, 3, 5, 6; version 4 is a wrapper
# View once, disappearing, document with caption, edited, ...: the real message is field 1 inside.
WRAPPERS = (37, 40, 53, 55, EDITED, 59, 62, 74, 93, 103)

REVOKE, EDIT = 0, 14  # kinds of a protocol message

# Inside ContextInfo.
QUOTED_ID, QUOTED_AUTHOR, QUOTED, MENTIONED, SCORE, FORWARDED, MENTIONS_ALL = 1, 2, 3, 15, 21, 22, 70
CONTEXT, POLL_CONTEXT = 17, 5


class MediaFields(NamedTuple):
    """0 where a kind of media has no such field."""

    mime: int
    sha256: int
    length: int
    key: int
    enc_sha256: int
    path: int
    caption: int = 0
    filename: int = 0
    seconds: int = 0
    height: int = 0
    width: int = 0
    thumbnail: int = 0
    voice: int = 0
    waveform: int = 0
    animated: int = 0


IMAGE = MediaFields(2, 4, 5, 8, 9, 11, caption=3, height=6, width=7, thumbnail=16)
DOCUMENT = MediaFields(2, 4, 5, 7, 9, 10, caption=20, filename=8, thumbnail=16)
AUDIO = MediaFields(2, 3, 4, 7, 8, 9, seconds=5, voice=6, waveform=19)
VIDEO = MediaFields(2, 3, 4, 6, 11, 13, caption=7, seconds=5, height=9, width=10, thumbnail=16)
STICKER = MediaFields(5, 2, 9, 4, 3, 8, height=6, width=7, thumbnail=16, animated=13)

MEDIA: dict[int, tuple[str, MediaFields]] = {
    3: ("image", IMAGE),
    7: ("document", DOCUMENT),
    8: ("audio", AUDIO),
    9: ("video", VIDEO),
    26: ("sticker", STICKER),
    66: ("video", VIDEO),  # a round video note
}
# Kinds that have a text and nothing else to show.
PLAIN: dict[int, tuple[str, int]] = {
    28: ("group_invite", 6),
    36: ("list", 2),
    42: ("buttons", 6),
    45: ("interactive", 0),
}
