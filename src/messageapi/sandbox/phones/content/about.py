"""Messages about earlier ones: the phone looks for the one that is meant, and changes it if its sender may do that."""

from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from messageapi.sandbox.network import SHARED_SERVERS, Account
from messageapi.sandbox.phones.content import votes
from messageapi.sandbox.phones.content.reading import Key, Reading, describe
from messageapi.sandbox.shown import PollShown, QuoteShown, Said, TargetShown
from messageapi.sandbox.wire.protobuf import decode
from messageapi.sandbox.wire.stanza import Jid, NodeError

if TYPE_CHECKING:
    from messageapi.sandbox.phones.phone import Phone


class Place(NamedTuple):
    """Who wrote a message and where: `chat` as the inbox shows it."""

    author: Account
    chat: str


def settle(phone: "Phone", reading: Reading, place: Place) -> Said:
    """The content with persons by number, and with what the phone knows of the message it is about."""
    said = reading.said
    if said.mentions:
        said = structs.replace(said, mentions=[person(phone, address) for address in said.mentions])
    if said.quote:
        said = structs.replace(said, quote=_quote(phone, said.quote, place.chat))
    if reading.key is None:
        return said
    author = _author_of_target(phone, reading.key, place)
    found = author is not None and _has(phone, reading.key.id, author, place.chat)
    allowed = found and author is not None and _may(phone, said.type, author, place)
    target = TargetShown(reading.key.id, author.e164 if author else "", allowed)
    if reading.vote and author and found:
        said = _with_options(phone, said, votes.Ballot(reading.key.id, reading.vote, author, place.author))
    return structs.replace(said, target=target)


def apply(phone: "Phone", said: Said, chat: str) -> None:
    """An edit or a revoke changes the entry it is about."""
    if said.target is None or not said.target.found or said.type not in ("edit", "revoke"):
        return
    entry = phone.inbox.find(said.target.id, chat)
    if entry is None:
        return
    if said.type == "revoke":
        phone.inbox.amend(entry.n, revoked=True)
    elif not entry.revoked:
        phone.inbox.amend(entry.n, edited=True, text=said.text, mentions=said.mentions)


def person(phone: "Phone", address: str) -> str:
    """A person of this network by telephone number, anybody else by the address as it is."""
    try:
        account = phone.network.account_of(Jid.parse(address))
    except NodeError:
        return address
    return account.e164 if account else address


def poll_of(phone: "Phone", message_id: str) -> PollShown | None:
    """A poll the phone has received or made itself."""
    entry, sent = phone.inbox.find(message_id), phone.sent.get(message_id)
    if entry:
        return entry.poll
    reading = describe(decode(sent.plain)) if sent else None
    return reading.said.poll if reading else None


def _quote(phone: "Phone", quote: QuoteShown, chat: str) -> QuoteShown:
    author = phone.network.accounts.get(person(phone, quote.from_).removeprefix("+"))
    if author is None:
        return quote
    return structs.replace(quote, from_=author.e164, found=_has(phone, quote.id, author, chat))


def _author_of_target(phone: "Phone", key: Key, place: Place) -> Account | None:
    """The key says it as the sender sees it: `from_me` is the sender, in a chat of two the other one is the chat."""
    if key.from_me:
        return place.author
    try:
        return phone.network.account_of(Jid.parse(key.author if _is_shared(place.chat) else key.chat))
    except NodeError:
        return None


def _is_shared(chat: str) -> bool:
    return chat.endswith(tuple(f"@{server}" for server in SHARED_SERVERS))


def _has(phone: "Phone", message_id: str, author: Account, chat: str) -> bool:
    if author is phone.account and message_id in phone.sent:
        return person(phone, phone.sent[message_id].chat) == chat
    entry = phone.inbox.find(message_id, chat)
    return entry is not None and entry.from_ == author.e164


def _may(phone: "Phone", kind: str, author: Account, place: Place) -> bool:
    """Everybody changes their own messages; an admin of a group may also take back those of others."""
    if kind not in ("edit", "revoke") or author is place.author:
        return True
    group = phone.network.groups.get(place.chat.partition("@")[0])
    return kind == "revoke" and group is not None and place.author in group.admins


def _with_options(phone: "Phone", said: Said, ballot: votes.Ballot) -> Said:
    """A vote that cannot be opened shows as one without options and is counted."""
    poll = poll_of(phone, ballot.poll_id)
    options = votes.opened(poll, ballot) if poll else None
    if options is None:
        phone.network.stats.count("unreadable_votes")
        return said
    return structs.replace(said, options=options, text=", ".join(options))
