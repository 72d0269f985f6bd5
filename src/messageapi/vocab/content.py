"""What a message says: one value for each type, the same from the HTTP door to the protocol engine and back.

All of it crosses the bus and lies sealed in the database as MessagePack. Addresses are JIDs as text; media lie in the
blob door and are named here with the key that opens them.
"""

from typing import Literal

import msgspec

Worded = Literal["text", "image", "video", "document"]
"""The types that have a text or a caption, which can be edited."""


class Remote(msgspec.Struct, frozen=True, kw_only=True):
    """Where WhatsApp keeps a file, as the message that brought it says. `key` opens it there."""

    kind: Literal["image", "video", "audio", "document", "sticker"]
    path: str
    key: bytes
    enc_sha256: bytes


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the blob door. `name` is where it lies, `key` (32 bytes) opens it, `sha256` is of the plain bytes.

    A file that came with a message and was not fetched yet has neither name nor key, but `remote`.
    """

    name: str
    key: bytes
    sha256: bytes
    size: int  # bytes, plain
    mime: str  # found from the content; of a file not fetched yet, as its sender says
    remote: Remote | None = None


class Target(msgspec.Struct, frozen=True):
    """An earlier message that this one is about. `sender`: who wrote it, a person's JID; empty when it was us."""

    wa_id: str
    sender: str = ""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Of a link in a text. `thumbnail` is a small JPEG."""

    url: str
    title: str
    description: str = ""
    thumbnail: bytes = b""


class Text(msgspec.Struct, frozen=True, tag="text"):
    text: str
    preview: Preview | None = None


class Image(msgspec.Struct, frozen=True, kw_only=True, tag="image"):
    """`thumbnail` is a small JPEG; sizes in pixels, 0 where unknown."""

    media: Media
    caption: str = ""
    width: int = 0
    height: int = 0
    thumbnail: bytes = b""


class Video(msgspec.Struct, frozen=True, kw_only=True, tag="video"):
    media: Media
    caption: str = ""
    seconds: int = 0
    width: int = 0
    height: int = 0
    thumbnail: bytes = b""


class Audio(msgspec.Struct, frozen=True, kw_only=True, tag="audio"):
    """A music or sound file."""

    media: Media
    seconds: int = 0


class Voice(msgspec.Struct, frozen=True, kw_only=True, tag="voice"):
    """A voice note: Ogg with Opus, mono. `waveform` is 64 values of 0 to 100."""

    media: Media
    seconds: int = 0
    waveform: bytes = b""


class Document(msgspec.Struct, frozen=True, kw_only=True, tag="document"):
    media: Media
    filename: str = ""
    caption: str = ""


class Sticker(msgspec.Struct, frozen=True, kw_only=True, tag="sticker"):
    """WebP, 512 by 512."""

    media: Media
    animated: bool = False


class Location(msgspec.Struct, frozen=True, kw_only=True, tag="location"):
    """Degrees, WGS 84. `live`: it is shared for a while and moves; this is where it began."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""
    live: bool = False


class Card(msgspec.Struct, frozen=True):
    """One person's vCard 3.0 and the name that is shown."""

    name: str
    vcard: str


class Contact(msgspec.Struct, frozen=True, tag="contact"):
    cards: list[Card]


class Poll(msgspec.Struct, frozen=True, kw_only=True, tag="poll"):
    """`choices`: how many options one may pick; 0 = as many as there are. `secret` (32 bytes) opens the votes."""

    question: str
    options: list[str]
    choices: int = 1
    secret: bytes = b""


class Reaction(msgspec.Struct, frozen=True, kw_only=True, tag="reaction"):
    """`emoji` empty takes the reaction back."""

    target: Target
    emoji: str


class Edit(msgspec.Struct, frozen=True, kw_only=True, tag="edit"):
    """A new text, or a new caption, for a message of ours. `of`: the type of that message."""

    target: Target
    text: str
    of: Worded = "text"


class Revoke(msgspec.Struct, frozen=True, kw_only=True, tag="revoke"):
    """Take a message back for everyone. Of others only by the admin of a group."""

    target: Target


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer"):
    """What somebody picked from the buttons or the list of a message. `id` is the sender's own name for it."""

    of: Literal["button", "list"]
    id: str
    text: str = ""


class Vote(msgspec.Struct, frozen=True, kw_only=True, tag="vote"):
    """In the poll `target`, sealed with the poll's secret: hashes of the names of the options."""

    target: Target
    payload: bytes
    iv: bytes


Content = (
    Text
    | Image
    | Video
    | Audio
    | Voice
    | Document
    | Sticker
    | Location
    | Contact
    | Poll
    | Reaction
    | Edit
    | Revoke
    | Answer
    | Vote
)
"""An answer and a vote are received only."""


def words(content: Content) -> str:
    """The text or caption; empty for what has none."""
    match content:
        case Text(text=text) | Edit(text=text) | Answer(text=text):
            return text
        case Image(caption=text) | Video(caption=text) | Document(caption=text):
            return text
    return ""


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """The message that is answered. `text` is what the quote shows; it may be empty."""

    target: Target
    text: str = ""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a message but where it goes: what is sealed as its body and handed to the engine."""

    content: Content
    quote: Quote | None = None
    mentions: list[str] = []  # JIDs of persons
    mentions_all: bool = False  # everyone in the group
    forwarded: bool = False
    view_once: bool = False
    disappears_s: int = 0  # it vanishes from the chat so long after; 0: it stays
    typing_ms: int = 0  # show "typing" (or "recording") for so long first
