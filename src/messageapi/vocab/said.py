"""What a message says, as webhooks, streams and the API show it. One shape for all of them.

A field that a message has nothing for is left out.
"""

from msgspec import UNSET, Struct, UnsetType


class Someone(Struct, frozen=True):
    """A person, by phone number and hidden identity (LID); what is not known of them is null."""

    phone: str | None
    lid: str | None


class FileSaid(Struct, rename="camel", frozen=True, kw_only=True):
    """A file, as its sender describes it. `url` has its content without a key, for as long as the message is kept.
    `sha256` is in hex, of the file itself; sizes in bytes and pixels.
    """

    url: str | UnsetType = UNSET
    mime: str
    size: int
    sha256: str
    filename: str | UnsetType = UNSET
    seconds: int | UnsetType = UNSET
    width: int | UnsetType = UNSET
    height: int | UnsetType = UNSET
    animated: bool | UnsetType = UNSET


class PlaceSaid(Struct, rename="camel", frozen=True, kw_only=True):
    """In degrees. `live`: it is shared for a while and moves; this is where it began."""

    latitude: float
    longitude: float
    name: str
    address: str
    live: bool


class CardSaid(Struct, frozen=True):
    """A contact that was shared: the name that is shown, and the whole vCard."""

    name: str
    vcard: str


class PollSaid(Struct, frozen=True):
    """`choices`: how many options one may pick, 0 = as many as there are."""

    question: str
    options: list[str]
    choices: int


class AnswerSaid(Struct, frozen=True):
    """What was picked from the buttons or the list of an earlier message. `id` is that message's own name for it."""

    id: str
    text: str


class QuoteSaid(Struct, rename="camel", frozen=True, kw_only=True):
    """The message that is answered. `messageId` is null where this server does not know it, `ours`: the number wrote
    it. The text is a copy made by whoever answers.
    """

    message_id: str | None
    wa_message_id: str
    ours: bool
    phone: str | None
    lid: str | None
    text: str


class Said(Struct, rename="camel", frozen=True, kw_only=True):
    """`text` is the text or a caption, of a button or list what was picked, of an edit the new text."""

    text: str | UnsetType | None = UNSET
    media: FileSaid | UnsetType = UNSET
    location: PlaceSaid | UnsetType = UNSET
    contacts: list[CardSaid] | UnsetType = UNSET
    poll: PollSaid | UnsetType = UNSET
    answer: AnswerSaid | UnsetType = UNSET
    emoji: str | UnsetType | None = UNSET
    quote: QuoteSaid | UnsetType = UNSET
    mentions: list[Someone] | UnsetType = UNSET
    mentions_all: bool | UnsetType = UNSET
    forwarded: bool | UnsetType = UNSET
    view_once: bool | UnsetType = UNSET
    disappears_after_seconds: int | UnsetType = UNSET
