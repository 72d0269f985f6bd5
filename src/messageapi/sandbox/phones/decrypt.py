"""A message comes in: open it, put it into the inbox, say that it was delivered and read."""

import time
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from messageapi.sandbox.network import GROUP_SERVER, NEWSLETTER_SERVER, SHARED_SERVERS, now
from messageapi.sandbox.phones import linking, retry
from messageapi.sandbox.phones.content import about, reading
from messageapi.sandbox.phones.content import fields as at
from messageapi.sandbox.phones.sent import Unread
from messageapi.sandbox.server.relay import receipts
from messageapi.sandbox.shown import InboxMessage, Said
from messageapi.sandbox.signal.errors import DuplicateMessage, UndecryptableMessage
from messageapi.sandbox.wire.protobuf import Fields, decode
from messageapi.sandbox.wire.stanza import Attribute, Jid, Node

if TYPE_CHECKING:
    from messageapi.sandbox.phones.phone import Phone


class Letter(NamedTuple):
    """The outside of a message."""

    id: str
    author: Jid
    group: str  # or the address of all statuses; empty in a chat of two

    @classmethod
    def of(cls, node: Node) -> "Letter":
        chat, author = node.jid("from"), node.jid("participant")
        if chat and chat.server in SHARED_SERVERS and author:
            return cls(node.text("id"), author, str(chat))
        return cls(node.text("id"), chat or Jid("", ""), "")

    @property
    def key(self) -> tuple[str, str]:
        return self.id, self.author.user


def receive(phone: "Phone", node: Node) -> None:
    letter = Letter.of(node)
    if letter.author.server == NEWSLETTER_SERVER:
        _read_newsletter(phone, letter, node)
        return
    if letter.key in phone.seen:
        _confirm(phone, letter, readable=True)
        return
    if phone.habits.ask_retry and letter.key not in phone.asked:
        retry.ask(phone, node, letter)
        return
    try:
        found = [_open(phone, letter, enc) for enc in node.children("enc")]
    except DuplicateMessage:
        _confirm(phone, letter, readable=True)
        return
    except UndecryptableMessage:
        phone.network.stats.count("phone_undecryptable")
        retry.ask(phone, node, letter)
        return
    if any(found):
        phone.seen.remember(letter.key, "")
    _confirm(phone, letter, readable=any(found))


def _open(phone: "Phone", letter: Letter, enc: Node) -> bool:
    """True when there was something in it for the inbox."""
    kind, data = enc.text("type"), enc.data()
    if kind == "skmsg":
        plain = phone.sender_keys.decrypt(letter.group, letter.author, data)
    else:
        plain = phone.sessions.decrypt(letter.author, kind, data)
    message = decode(plain)
    if at.KEY_DISTRIBUTION in message:
        handed = message.message(at.KEY_DISTRIBUTION)
        phone.sender_keys.learn(handed.text(1), letter.author, handed.bytes(2))
    if at.PROTOCOL in message and letter.author.user == phone.account.lid:
        linking.answer_companion(phone, letter.author, message.message(at.PROTOCOL))
    return _file(phone, letter, message, kind)


def _file(phone: "Phone", letter: Letter, message: Fields, enc: str) -> bool:
    destination = ""
    if at.DEVICE_SENT in message:
        copy = message.message(at.DEVICE_SENT)
        destination, message = copy.text(1), copy.message(2)
    inside = reading.describe(message)
    author = phone.network.account_of(letter.author)
    if inside is None or author is None:
        return False
    own = author is phone.account
    chat = letter.group or (_shown(phone, destination) if own else author.e164)
    said = about.settle(phone, inside, about.Place(author, chat))
    about.apply(phone, said, chat)
    _add(phone, said, Outside(letter, author.e164, chat, own, enc))
    return True


def _read_newsletter(phone: "Phone", letter: Letter, node: Node) -> None:
    """A message of a channel: not encrypted, and without an author."""
    inside = reading.describe(decode(node.data("plaintext")))
    if inside and letter.key not in phone.seen:
        phone.seen.remember(letter.key, "")
        chat = str(letter.author)
        _add(phone, inside.said, Outside(letter, chat, chat, own=False, enc="plaintext"))


class Outside(NamedTuple):
    """What an entry says beside the content. `author` and `chat` are as the inbox shows them."""

    letter: Letter
    author: str
    chat: str
    own: bool
    enc: str


def _add(phone: "Phone", said: Said, outside: Outside) -> None:
    letter = outside.letter
    entry = InboxMessage(
        **msgspec.structs.asdict(said),
        n=phone.inbox.last + 1,
        id=letter.id,
        from_=outside.author,
        from_lid=str(letter.author.bare),
        from_device=letter.author.device,
        chat=outside.chat,
        group=outside.chat.endswith("@" + GROUP_SERVER),
        own=outside.own,
        at=time.time_ns() // 1_000_000,
        enc=outside.enc,
    )
    phone.inbox.add(entry)
    phone.downloads.begin(entry)


def _shown(phone: "Phone", address: str) -> str:
    """A chat of two as its telephone number."""
    account = phone.network.account_of(Jid.parse(address)) if address else None
    return account.e164 if account else address


def _confirm(phone: "Phone", letter: Letter, *, readable: bool) -> None:
    """Receipts to the author; none for copies of what the account itself has sent."""
    if letter.author.user == phone.account.lid:
        return
    habits = phone.habits.receipts
    if "delivered" in habits:
        send_receipt(phone, letter, "")
    if not readable:
        return
    if "read" in habits:
        send_receipt(phone, letter, "read")
    else:
        phone.unread.remember(letter.id, Unread(str(letter.author), letter.group))


def read(phone: "Phone", message_id: str) -> None:
    """The person looks at a message: it counts as read from now on. Unknown ids are passed over."""
    unread = phone.unread.pop(message_id, None)
    if unread:
        send_receipt(phone, Letter(message_id, Jid.parse(unread.author), unread.group), "read")


def play(phone: "Phone", message_id: str) -> bool:
    """The person listens to a voice note; False when the phone has none with this id."""
    entry = phone.inbox.find(message_id)
    if entry is None or entry.type != "voice" or entry.own:
        return False
    author = Jid.parse(entry.from_lid).with_device(entry.from_device)
    send_receipt(phone, Letter(message_id, author, entry.chat if entry.group else ""), "played")
    return True


def send_receipt(phone: "Phone", letter: Letter, kind: str) -> None:
    attrs: dict[str, Attribute] = {"id": letter.id, "to": letter.author, "t": now()}
    if letter.group:
        attrs |= {"to": Jid.parse(letter.group), "participant": letter.author}
    if kind:
        attrs["type"] = kind
    receipts.pass_on(phone.network, phone.device, Node("receipt", attrs))
