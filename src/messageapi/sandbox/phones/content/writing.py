"""What a phone sends, from draft to protobuf, as real phones write it."""

import secrets
import time
from typing import TYPE_CHECKING, NamedTuple

from messageapi.sandbox.draft import Draft, DraftLocation
from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import Account, Group
from messageapi.sandbox.phones.content import about, votes
from messageapi.sandbox.phones.content import fields as at
from messageapi.sandbox.wire.protobuf import encode

if TYPE_CHECKING:
    from messageapi.sandbox.phones.phone import Phone

FORWARDED_ONCE = 1
_NUMBERS = {"image": 3, "document": 7, "audio": 8, "voice": 8, "video": 9, "sticker": 26}
_NEEDS = {"location": "location", "contact": "contacts", "poll": "poll", "poll_vote": "target"}
_NEEDS |= dict.fromkeys(("reaction", "edit", "revoke"), "target") | dict.fromkeys(_NUMBERS, "media")
_NEEDS |= {"text": "text", "raw": "raw"}


class File(NamedTuple):
    """A file that lies sealed on the media server."""

    path: str
    key: bytes
    sha256: bytes
    enc_sha256: bytes
    length: int


class Written(NamedTuple):
    """`stanza` and `edit` are attributes by which the server and clients tell kinds of messages apart."""

    plain: bytes
    stanza: str = "text"
    edit: str = ""


def check(draft: Draft) -> None:
    missing = _NEEDS[draft.type]
    if not getattr(draft, missing):
        raise SandboxError("bad_request", f"A message of type {draft.type} needs `{missing}`.")


def write(phone: "Phone", draft: Draft, to: Account | Group, file: File | None) -> Written:
    """Raise SandboxError when it is about a message that the phone does not have."""
    context = _context(phone, draft, to)
    if file:
        return Written(_media(draft, file, context), "media")
    if draft.type == "location" and draft.location:
        return Written(_location(draft.location, context), "media")
    if draft.type == "contact":
        return Written(_contacts(draft, context), "media")
    if draft.type == "poll":
        return Written(_poll(draft, context), "poll")
    if draft.type in {"text", "raw"}:
        return Written(draft.raw or _text(draft.text, context))
    return _about_another(phone, draft, to)


def _text(text: str, context: bytes = b"") -> bytes:
    if not context:
        return encode((at.CONVERSATION, text))
    return encode((at.EXTENDED_TEXT, encode((1, text)) + _inside(context)))


def _inside(context: bytes) -> bytes:
    return encode((at.CONTEXT, context or None))


def _media(draft: Draft, file: File, context: bytes) -> bytes:
    number = _NUMBERS[draft.type]
    _, place = at.MEDIA[number]
    values: dict[int, int | bytes | str | None] = {
        place.mime: draft.media.mime if draft.media else None,
        place.sha256: file.sha256,
        place.length: file.length,
        place.key: file.key,
        place.enc_sha256: file.enc_sha256,
        place.path: file.path,
        place.caption: draft.text or None,
        place.filename: (draft.media.filename or None) if draft.media else None,
        place.seconds: (draft.media.seconds or None) if draft.media else None,
        place.voice: 1 if draft.type == "voice" else None,
    }
    values.pop(0, None)  # what this kind of media has no field for
    return encode((number, encode(*sorted(values.items())) + _inside(context)))


def _location(place: DraftLocation, context: bytes) -> bytes:
    where = encode((1, place.latitude), (2, place.longitude))
    if place.live:
        return encode((at.LIVE_LOCATION, where + encode((6, place.name or None), (7, 1)) + _inside(context)))
    return encode((at.LOCATION, where + encode((3, place.name), (4, place.address)) + _inside(context)))


def _contacts(draft: Draft, context: bytes) -> bytes:
    cards = [encode((1, card.name), (16, card.vcard)) for card in draft.contacts]
    if len(cards) == 1:
        return encode((at.CONTACT, cards[0] + _inside(context)))
    title = f"{len(cards)} contacts"
    return encode((at.CONTACTS, encode((1, title), *((2, card) for card in cards)) + _inside(context)))


def _poll(draft: Draft, context: bytes) -> bytes:
    """Version 3 is the one for a single choice."""
    poll = draft.poll
    if poll is None:
        raise SandboxError("bad_request", "A message of type poll needs `poll`.")
    options = [(3, encode((1, option))) for option in poll.options]
    body = encode((2, poll.question), *options, (4, poll.choices), (at.POLL_CONTEXT, context or None))
    secret = encode((3, secrets.token_bytes(32)))
    return encode((at.MESSAGE_CONTEXT, secret), (64 if poll.choices == 1 else 49, body))


def _about_another(phone: "Phone", draft: Draft, to: Account | Group) -> Written:
    target, author = _known(phone, str(draft.target), to)
    key = _key(phone, target, author, to)
    if draft.type == "reaction":
        return Written(encode((at.REACTION, encode((1, key), (2, draft.text), (4, _now())))), "reaction")
    if draft.type == "poll_vote":
        return Written(encode((at.POLL_UPDATE, _vote(phone, draft, key, author))), "poll")
    if draft.type == "revoke":
        edit = "7" if author is phone.account else "8"
        return Written(encode((at.PROTOCOL, encode((1, key), (2, at.REVOKE)))), "text", edit)
    change = encode((1, key), (2, at.EDIT), (14, _text(draft.text)), (15, _now()))
    return Written(encode((at.EDITED, encode((1, encode((at.PROTOCOL, change)))))), "text", "1")


def _vote(phone: "Phone", draft: Draft, key: bytes, author: Account) -> bytes:
    poll_id = str(draft.target)
    poll = about.poll_of(phone, poll_id)
    if poll is None or not set(draft.options) <= set(poll.options):
        raise SandboxError("unknown_option", "A vote picks from the options of a poll this phone has.", 409)
    vote = votes.seal(poll, (poll_id, str(author.lid_jid), str(phone.account.lid_jid)), draft.options)
    return encode((1, key), (2, encode((1, vote.payload), (2, vote.iv))), (4, _now()))


def _context(phone: "Phone", draft: Draft, to: Account | Group) -> bytes:
    quote = _quote(phone, draft.quote, to) if draft.quote else b""
    people = [phone.network.accounts.get(number.removeprefix("+")) for number in draft.mentions]
    if None in people:
        raise SandboxError("unknown_phone", "Every person mentioned needs a phone on this network.", 404)
    forwarding = ((at.SCORE, FORWARDED_ONCE), (at.FORWARDED, 1)) if draft.forwarded else ()
    mentions = [(at.MENTIONED, str(person.lid_jid)) for person in people if person]
    return quote + encode(*mentions, *forwarding, (at.MENTIONS_ALL, 1 if draft.mentions_all else None))


def _quote(phone: "Phone", message_id: str, to: Account | Group) -> bytes:
    quoted, author = _known(phone, message_id, to)
    sent, entry = phone.sent.get(quoted), phone.inbox.find(quoted)
    plain = sent.plain if sent and author is phone.account else _text(entry.text if entry else "")
    return encode((at.QUOTED_ID, quoted), (at.QUOTED_AUTHOR, str(author.lid_jid)), (at.QUOTED, plain))


def _known(phone: "Phone", message_id: str, to: Account | Group) -> tuple[str, Account]:
    """A message of this chat and who wrote it."""
    chat = str(to.jid) if isinstance(to, Group) else to.e164
    if message_id in phone.sent and about.person(phone, phone.sent[message_id].chat) == chat:
        return message_id, phone.account
    entry = phone.inbox.find(message_id, chat)
    author = phone.network.accounts.get(entry.from_.removeprefix("+")) if entry else None
    if author is None:
        raise SandboxError("unknown_message", "This phone has no message with that id in this chat.", 404)
    return message_id, author


def _key(phone: "Phone", message_id: str, author: Account, to: Account | Group) -> bytes:
    mine = author is phone.account
    chat, group = (to.jid, True) if isinstance(to, Group) else (to.lid_jid, False)
    participant = str(author.lid_jid) if group and not mine else None
    return encode((1, str(chat)), (2, int(mine)), (3, message_id), (4, participant))


def _now() -> int:
    return int(time.time() * 1000)
