"""What the control interface shows of a message that a phone has received: the JSON of an inbox entry.

A field that has nothing to say is left out, so a plain text stays a short line.
"""

import msgspec


class Sealed(msgspec.Struct, rename="camel", frozen=True):
    """What a message says about its file: where the media server has it and what opens it. Bytes are in hex."""

    path: str
    key: str
    sha256: str
    enc_sha256: str
    length: int


class MediaShown(msgspec.Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """A file. `size` and `sha256` are of the bytes the phone has downloaded, checked and decrypted."""

    mime: str
    size: int = 0
    sha256: str = ""
    filename: str = ""
    seconds: int = 0
    width: int = 0
    height: int = 0
    thumbnail: int = 0  # bytes of the small picture inside the message
    waveform: int = 0  # values
    animated: bool = False
    error: str = ""  # why the phone could not have the file
    sealed: Sealed


class QuoteShown(msgspec.Struct, rename="camel", frozen=True):
    """`found`: the phone has the message that is quoted."""

    id: str
    from_: str = msgspec.field(name="from")
    type: str = msgspec.field()
    text: str = msgspec.field()
    found: bool = False


class PreviewShown(msgspec.Struct, frozen=True):
    url: str
    title: str
    description: str
    thumbnail: int  # bytes


class LocationShown(msgspec.Struct, frozen=True):
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


class ContactShown(msgspec.Struct, frozen=True):
    name: str
    vcard: str


class PollShown(msgspec.Struct, frozen=True):
    """`choices`: how many options one may pick, 0 = any number. `secret` (hex) opens the votes."""

    question: str
    options: list[str]
    choices: int
    secret: str


class TargetShown(msgspec.Struct, frozen=True):
    """The earlier message a reaction, vote, edit or revoke is about.

    `found`: the phone has it from that author, and the sender may do this to it. Otherwise nothing was changed.
    """

    id: str
    from_: str = msgspec.field(name="from", default="")
    found: bool = False


class Said(msgspec.Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """The content. `text` is the text, the caption, the emoji of a reaction, the new text of an edit."""

    type: str
    text: str
    media: MediaShown | None = None
    preview: PreviewShown | None = None
    quote: QuoteShown | None = None
    mentions: list[str] = []
    mentions_all: bool = False
    forwarded: bool = False
    forwarding_score: int = 0
    location: LocationShown | None = None
    contacts: list[ContactShown] = []
    poll: PollShown | None = None
    options: list[str] = []  # of a poll, picked by a vote
    target: TargetShown | None = None


class InboxMessage(Said, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """`edited`: `text` is the newest one. `revoked`: taken back; it is shown here what it said."""

    n: int
    id: str
    from_: str = msgspec.field(name="from")
    from_lid: str
    from_device: int
    chat: str
    group: bool
    own: bool
    at: int
    enc: str
    edited: bool = False
    revoked: bool = False


class SentShown(msgspec.Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """What a phone has sent itself. `to` is a phone number or a group; `mime` and `filename` are of its file."""

    n: int
    id: str
    at: int
    to: str
    type: str
    text: str
    mime: str = ""
    filename: str = ""
    target: str = ""


class NoticeShown(msgspec.Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """What a phone notices of others beside messages.

    `typing`: composing, recording or paused. `receipt`: delivered, read or played, for the messages `ids`.
    `presence`: available or unavailable, of the own linked devices. `call`: offer, terminate, reject or accept, of the
    call in `ids`. Of who types WhatsApp tells the device in groups alone; elsewhere `from_device` is 0.
    """

    n: int
    at: int
    kind: str
    state: str
    from_: str = msgspec.field(name="from")
    from_device: int
    chat: str
    ids: list[str] = []
